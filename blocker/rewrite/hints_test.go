package rewrite_test

import (
	"context"
	"net/http/httptrace"
	"net/textproto"
)

// withHints collects the Link lines of informational responses.
func withHints(ctx context.Context, hints *[]string) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		Got1xxResponse: func(_ int, header textproto.MIMEHeader) error {
			*hints = append(*hints, header.Values("Link")...)
			return nil
		},
	})
}
