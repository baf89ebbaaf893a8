// Package table prints rows in columns for people, or as JSON for programs.
package table

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

const flagJSON = "json"

// WithJSON gives a command that prints a table the flag -json.
func WithJSON(c *cobra.Command) *cobra.Command {
	c.Flags().Bool(flagJSON, false, "one JSON document in the place of the table")
	return c
}

// IsJSON reports whether a command prints JSON.
func IsJSON(c *cobra.Command) bool {
	asJSON, _ := c.Flags().GetBool(flagJSON)
	return asJSON
}

// LastLine is where the last line of a command goes: to stderr where stdout must be JSON.
func LastLine(c *cobra.Command) io.Writer {
	if IsJSON(c) {
		return c.ErrOrStderr()
	}
	return c.OutOrStdout()
}

// Print prints rows, the first of which is the head: as a table or, with -json, as a list of objects.
func Print(c *cobra.Command, rows [][]any) error {
	if !IsJSON(c) {
		return Write(c.OutOrStdout(), rows)
	}
	return WriteJSON(c.OutOrStdout(), objectsOf(rows))
}

// PrintPairs prints names and values: as a table or, with -json, as one object.
func PrintPairs(c *cobra.Command, pairs [][]any) error {
	if !IsJSON(c) {
		return Write(c.OutOrStdout(), pairs)
	}
	head, row := make([]any, len(pairs)), make([]any, len(pairs))
	for i, pair := range pairs {
		head[i], row[i] = pair[0], pair[1]
	}
	return WriteJSON(c.OutOrStdout(), objectsOf([][]any{head, row})[0])
}

// NoValue is what a table shows for nothing.
const NoValue = "-"

// objectsOf names the values of rows as their head does, in small letters: LAST SUCCESS is last_success. A dash is
// null.
func objectsOf(rows [][]any) []map[string]any {
	objects := make([]map[string]any, 0, len(rows))
	for _, row := range rows[1:] {
		object := make(map[string]any, len(row))
		for i, value := range row {
			if value == NoValue {
				value = nil
			}
			object[strings.ReplaceAll(strings.ToLower(fmt.Sprint(rows[0][i])), " ", "_")] = value
		}
		objects = append(objects, object)
	}
	return objects
}

// Write prints rows in aligned columns.
func Write(w io.Writer, rows [][]any) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		_, _ = fmt.Fprintf(table, strings.Repeat("%v\t", len(row)-1)+"%v\n", row...)
	}
	return table.Flush()
}

// WriteJSON prints a document with indentation.
func WriteJSON(w io.Writer, document any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(document)
}
