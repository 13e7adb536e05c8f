//go:build race

package rewrite_test

// raceEnabled says that the race detector slows everything down.
const raceEnabled = true
