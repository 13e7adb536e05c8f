//go:build gate

package web

import _ "embed"

//go:embed dist/segment-blocker.js
var script []byte

func gate() ([]byte, error) { return script, nil }
