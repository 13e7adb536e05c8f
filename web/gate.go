// Package web gives Go programs the built script of the page side.
package web

import "errors"

// ErrNotBuilt says that the program was built without the script.
var ErrNotBuilt = errors.New("web/dist/segment-blocker.js was not there when the program was built")

// Gate returns the text of segment-blocker.js. Programs built with the tag "gate" (make build) hold it; in others it is
// read from the project's folder when that is the working directory, and is ErrNotBuilt elsewhere.
func Gate() ([]byte, error) { return gate() }
