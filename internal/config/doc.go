// Package config reads the settings of the processes from the environment, once,
// at the start.
//
// It owns the names, defaults and rules of every setting. It must not open
// anything that a setting names, and nothing else in the project may read the
// environment.
package config
