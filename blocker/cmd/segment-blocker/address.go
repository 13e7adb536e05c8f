package main

import (
	"fmt"

	"github.com/segment-blocker/segment-blocker/blocker/audit"
)

// checkURL returns why a flag's text is no absolute URL of the web, or nil. It is read as browsers read it.
func checkURL(flag, text string) error {
	if err := audit.CheckURL(text); err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	return nil
}
