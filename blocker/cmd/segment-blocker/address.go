package main

import (
	"fmt"

	"github.com/nlnwa/whatwg-url/url"
)

// checkURL returns why a flag's text is no absolute URL of the web, or nil. It is read as browsers read it.
func checkURL(flag, text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host() == "" || (u.Scheme() != "http" && u.Scheme() != "https") {
		return fmt.Errorf("%s: %q is no absolute http(s) URL; write it in full, for example https://shop.example/", flag, text)
	}
	return nil
}
