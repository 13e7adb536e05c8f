//go:build !gate

package web

import "os"

func gate() ([]byte, error) {
	text, err := os.ReadFile("web/dist/segment-blocker.js")
	if err != nil {
		return nil, ErrNotBuilt
	}
	return text, nil
}
