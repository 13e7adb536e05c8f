package proxy

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/segment-blocker/segment-blocker/blocker"
)

// Options say what is proxied and how. Upstream and Gate are needed; everything else has a default.
type Options struct {
	// Upstream is the site, as "http://host:port" or "https://host" with an optional path.
	Upstream *url.URL
	// Gate is the text of segment-blocker.js.
	Gate []byte
	// GatePath is where the proxy serves the gate to pages; DefaultGatePath when empty.
	GatePath string
	// Inline puts the gate's text into every page instead of a tag that loads it from GatePath.
	Inline bool
	// Config is the gate's configuration, and ConfigText the same as JSON for the page; empty for the defaults.
	Config     blocker.Config
	ConfigText string
	// PublicURL is the site's scheme and host as browsers know it ("https://shop.example"), for a proxy behind a balancer
	// that ends TLS. Nil takes them from the request.
	PublicURL *url.URL
	// TrustForwarded believes what the request's X-Forwarded-* and Forwarded headers say of the visitor, and passes it on:
	// for a proxy that only a balancer can reach. Otherwise they are replaced by what the proxy sees itself.
	TrustForwarded bool
	// PreserveHost passes the browser's Host header on instead of the upstream's.
	PreserveHost bool
	// Strict adds a content security policy until consent, with StrictHosts (rewrite.MiddlewareOptions).
	Strict      bool
	StrictHosts []string
	// Timeouts; zero stands for the default, a negative one for none.
	Timeouts Timeouts
	// Logger gets a line for each request and for each fault; nil stands for slog.Default().
	Logger *slog.Logger
}

// DefaultGatePath is where pages find the gate.
const DefaultGatePath = "/segment-blocker.js"

// Timeouts bound what a client or the upstream may keep the proxy waiting. There is none for a whole response, which
// may be a stream.
type Timeouts struct {
	// ReadHeader is for a request's header, Idle for a kept connection between two requests.
	ReadHeader, Idle time.Duration
	// Dial is for a connection to the upstream, its TLS included; Response for its first header.
	Dial, Response time.Duration
	// Shutdown is how long requests may go on after a signal to stop.
	Shutdown time.Duration
}

// DefaultTimeouts are used where nothing else is said.
var DefaultTimeouts = Timeouts{
	ReadHeader: 10 * time.Second,
	Idle:       2 * time.Minute,
	Dial:       10 * time.Second,
	Response:   time.Minute,
	Shutdown:   20 * time.Second,
}

func (t Timeouts) withDefaults() Timeouts {
	or := func(d *time.Duration, other time.Duration) {
		if *d == 0 {
			*d = other
		}
		*d = max(*d, 0)
	}
	or(&t.ReadHeader, DefaultTimeouts.ReadHeader)
	or(&t.Idle, DefaultTimeouts.Idle)
	or(&t.Dial, DefaultTimeouts.Dial)
	or(&t.Response, DefaultTimeouts.Response)
	or(&t.Shutdown, DefaultTimeouts.Shutdown)
	return t
}

// ParseUpstream reads the address of a site. Its errors name the mend.
func ParseUpstream(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("%q is not the address of a site; give it with its scheme, for example http://localhost:3000", text)
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("%q: the address of a site has no query, fragment or password", text)
	}
	return u, nil
}

// ParsePublicURL reads a site's scheme and host. Its errors name the mend.
func ParsePublicURL(text string) (*url.URL, error) {
	u, err := ParseUpstream(text)
	if err == nil && strings.Trim(u.Path, "/") != "" {
		err = fmt.Errorf("%q: browsers know a site by scheme and host; give it without the path, as %s://%s", text, u.Scheme, u.Host)
	}
	return u, err
}

// ReadConfig reads the gate's configuration from a JSON file; no name stands for the defaults. A faulty key is an error
// that names all faults, because an operator can mend them before anybody is served.
func ReadConfig(name string) (config blocker.Config, text string, err error) {
	if name == "" {
		return blocker.Config{}, "", nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return config, "", fmt.Errorf("the configuration cannot be read: %w", err)
	}
	config, problems := blocker.ParseConfig(string(data))
	if len(problems) > 0 {
		all := make([]string, len(problems))
		for i, p := range problems {
			all[i] = p.String()
		}
		return config, "", fmt.Errorf("%s: %s", name, strings.Join(all, "; "))
	}
	return config, string(data), nil
}

func (o Options) check() error {
	switch {
	case o.Upstream == nil:
		return errors.New("no upstream")
	case len(o.Gate) == 0:
		return errors.New("the gate's script is empty")
	case !strings.HasPrefix(o.GatePath, "/") || path.Clean(o.GatePath) != o.GatePath || o.GatePath == "/",
		strings.ContainsAny(o.GatePath, "?#%"):
		return fmt.Errorf("%q is no path for the gate; it starts with a slash, for example %s", o.GatePath, DefaultGatePath)
	}
	return nil
}
