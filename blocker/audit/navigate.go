package audit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

func (v *visit) navigate(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, v.o.Timeout)
	defer cancel()
	v.mu.Lock()
	v.start, v.active = time.Now(), time.Now()
	v.mu.Unlock()
	var answer struct {
		ErrorText  string
		IsDownload bool
	}
	err := v.b.call(limit, v.main, "Page.navigate", map[string]any{"url": v.url}, &answer)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return fmt.Errorf("the server did not answer within %v; give it more with --timeout", v.o.Timeout)
	case err != nil:
		return err
	case answer.IsDownload || answer.ErrorText == "net::ERR_ABORTED":
		return errors.New("the address is a download or has no content, not a page")
	case answer.ErrorText != "":
		return navigationError(answer.ErrorText)
	}
	return nil
}

// refused returns the error of a page whose server answered with one. It is known when the page has come to rest: the
// answer's own report may come after that of the navigation.
func (v *visit) refused() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.status >= 400 {
		return fmt.Errorf("the server answered %d %s", v.status, http.StatusText(v.status))
	}
	return nil
}

// navigationErrors are the browser's commonest, with the mend.
var navigationErrors = map[string]string{
	"ERR_NAME_NOT_RESOLVED":        "no such host: check the address, or give --proxy",
	"ERR_CONNECTION_REFUSED":       "nobody answers there: is the server running?",
	"ERR_TOO_MANY_REDIRECTS":       "the server redirects without end",
	"ERR_INTERNET_DISCONNECTED":    "this machine has no network",
	"ERR_PROXY_CONNECTION_FAILED":  "the proxy does not answer: check --proxy",
	"ERR_TUNNEL_CONNECTION_FAILED": "the proxy refuses this host",
	"ERR_INVALID_AUTH_CREDENTIALS": "the server asks for a name and a password: give them in the address, as in https://name:password@shop.example/",
	"ERR_EMPTY_RESPONSE":           "the server closed the connection without an answer",
}

func navigationError(text string) error {
	name := strings.TrimPrefix(text, "net::")
	if mend := navigationErrors[name]; mend != "" {
		return fmt.Errorf("%s (%s)", mend, name)
	}
	if strings.HasPrefix(name, "ERR_CERT_") || strings.HasPrefix(name, "ERR_SSL_") {
		return fmt.Errorf("the certificate is not accepted (%s); use --insecure if you know why", name)
	}
	return fmt.Errorf("the page could not be opened (%s)", name)
}
