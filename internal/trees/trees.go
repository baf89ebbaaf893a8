// Package trees trains and evaluates gradient-boosted decision trees, for models that are small enough to be
// committed beside the code that asks them.
//
// The trees and their leaves are those of Friedman (2001), with the gain and the shrinkage of Chen and Guestrin
// (2016, "XGBoost", sections 2.1 to 2.3).
package trees

import "math"

// Model is a sum of trees: the log odds of "yes".
type Model struct {
	// Features is how many values a row has.
	Features int
	// Base is the log odds without any tree.
	Base  float32
	Trees []Tree
}

// Tree is a binary tree; node 0 is its root.
type Tree []Node

// Node asks for one feature: a row whose value is at most Limit goes to node Left, else to the node behind it. A node
// with a negative Feature is a leaf, and Limit its value.
type Node struct {
	Feature int16
	Left    uint16
	Limit   float32
}

// Predict returns the probability of "yes", 0 to 1, for a row of m.Features values.
func (m *Model) Predict(row []float32) float64 {
	sum := m.Base
	for _, t := range m.Trees {
		sum += t.value(row)
	}
	return Sigmoid(float64(sum))
}

// Sigmoid turns log odds into a probability.
func Sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// Logit turns a probability into log odds; it is at least 0.0001 away from certainty.
func Logit(p float64) float64 {
	p = min(max(p, 1e-4), 1-1e-4)
	return math.Log(p / (1 - p))
}

func (t Tree) value(row []float32) float32 {
	n := &t[0]
	for n.Feature >= 0 {
		next := n.Left
		if row[n.Feature] > n.Limit {
			next++
		}
		n = &t[next]
	}
	return n.Limit
}
