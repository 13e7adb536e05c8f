// Package consent knows what a visitor allowed: the categories, the state of each, who said so, and how
// several sources are merged into one record.
//
// A source speaks in signals (Board.Put); Board.Merge turns the last signal of every source into a
// Record. Nothing here reads a page or a clock: the same signals give the same record everywhere.
package consent
