package main

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segment-blocker/segment-blocker/blocker/proxy"
	"github.com/segment-blocker/segment-blocker/web"
)

type proxyOptions struct {
	proxy.Options
	listen                             proxy.Listen
	upstream, publicURL, config, gate  string
	snippet, logFormat, logLevel, path string
}

func proxyCommand() *cobra.Command {
	var o proxyOptions
	c := &cobra.Command{
		Use:   "proxy --upstream URL",
		Short: "Serve a site with the gate in every page",
		Long: "proxy answers for a site: it passes every request on, puts the gate first into every HTML page, and makes\n" +
			"Segment's static tags inert until the visitor consents. Other responses pass as they are, but for cookies\n" +
			"and Link headers of Segment's. It keeps no state, so it scales by running more of it behind any balancer.\n\n" +
			"X-Forwarded-For, -Proto and -Host tell the site who asked; what a request itself says in them counts only with\n" +
			"--trust-forwarded. Timeouts: 0 is the default, a negative one none.\n\n" +
			"SIGINT and SIGTERM let running requests finish; a second one ends them.",
		Example: "  segment-blocker proxy --upstream http://localhost:3000 --listen localhost:8080\n" +
			"  segment-blocker proxy --upstream https://shop.internal --listen :443 --tls-cert cert.pem --tls-key key.pem --preserve-host\n" +
			"  segment-blocker proxy --upstream http://app:3000 --listen :8080 --admin :9090 --public-url https://shop.example --config gate.json",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c) },
	}
	f := c.Flags()
	f.StringVar(&o.upstream, "upstream", "", "the site, with its scheme (http://localhost:3000)")
	f.StringVar(&o.listen.Addr, "listen", "localhost:8080", "address for visitors")
	f.StringVar(&o.listen.Admin, "admin", "", "address for /healthz and /metrics (Prometheus); none if not given")
	f.StringVar(&o.listen.Cert, "tls-cert", "", "certificate (PEM file); with --tls-key")
	f.StringVar(&o.listen.Key, "tls-key", "", "its key (PEM file)")
	f.StringVar(&o.publicURL, "public-url", "", "scheme and host by which browsers know the site, behind a balancer that ends TLS")
	f.BoolVar(&o.TrustForwarded, "trust-forwarded", false, "believe X-Forwarded-* and Forwarded of requests; only where nobody but your balancer reaches the proxy")
	f.BoolVar(&o.PreserveHost, "preserve-host", false, "pass the browser's Host header on")
	f.StringVar(&o.config, "config", "", "the gate's configuration (JSON file)")
	f.StringVar(&o.snippet, "snippet", "url", "how pages get the gate: url (a tag that loads it from --gate-path) or inline")
	f.StringVar(&o.path, "gate-path", proxy.DefaultGatePath, "path under which the gate is served")
	f.StringVar(&o.gate, "gate", "", "segment-blocker.js to serve; the built-in one if not given")
	f.BoolVar(&o.Strict, "strict", false, "add a content security policy until consent; Segment then starts with the next page")
	f.StringSliceVar(&o.StrictHosts, "strict-host", nil, "another host that pages load from, for --strict (repeatable)")
	f.DurationVar(&o.Timeouts.ReadHeader, "read-header-timeout", proxy.DefaultTimeouts.ReadHeader, "for a request's header")
	f.DurationVar(&o.Timeouts.Idle, "idle-timeout", proxy.DefaultTimeouts.Idle, "for a kept connection between requests")
	f.DurationVar(&o.Timeouts.Dial, "dial-timeout", proxy.DefaultTimeouts.Dial, "for a connection to the upstream")
	f.DurationVar(&o.Timeouts.Response, "response-timeout", proxy.DefaultTimeouts.Response, "for the upstream's first answer")
	f.DurationVar(&o.Timeouts.Shutdown, "shutdown-timeout", proxy.DefaultTimeouts.Shutdown, "for running requests after a signal to stop")
	f.StringVar(&o.logFormat, "log-format", "text", "access log: text or json")
	f.StringVar(&o.logLevel, "log-level", "info", "debug, info (each request), warn or error")
	return c
}

func (o *proxyOptions) run(c *cobra.Command) error {
	if err := o.read(c); err != nil {
		return exit{2, err.Error()}
	}
	p, err := proxy.New(o.Options)
	if err != nil {
		return exit{2, err.Error()}
	}
	scheme := "http"
	if o.listen.Cert != "" {
		scheme = "https"
	}
	o.listen.Ready = func(addr, admin net.Addr) {
		fmt.Fprintf(c.OutOrStdout(), "segment-blocker proxy: %s://%s, for %s (stop with Ctrl+C)\n", scheme, addr, o.Upstream)
		if admin != nil {
			fmt.Fprintf(c.OutOrStdout(), "health and metrics: http://%s/healthz, http://%[1]s/metrics\n", admin)
		}
	}
	if err := p.Serve(c.Context(), o.listen); err != nil {
		return exit{1, err.Error()}
	}
	return nil
}

// read turns the flags' texts into options.
func (o *proxyOptions) read(c *cobra.Command) (err error) {
	if o.upstream == "" {
		return fmt.Errorf("--upstream is missing; name the site, for example --upstream http://localhost:3000")
	}
	if o.Upstream, err = proxy.ParseUpstream(o.upstream); err != nil {
		return fmt.Errorf("--upstream: %w", err)
	}
	if o.publicURL != "" {
		if o.PublicURL, err = proxy.ParsePublicURL(o.publicURL); err != nil {
			return fmt.Errorf("--public-url: %w", err)
		}
	}
	if err = checkListen(o.listen); err != nil {
		return err
	}
	if o.Config, o.ConfigText, err = proxy.ReadConfig(o.config); err != nil {
		return err
	}
	switch o.snippet {
	case "url", "inline":
		o.Inline = o.snippet == "inline"
	default:
		return fmt.Errorf("--snippet: %q is neither url nor inline", o.snippet)
	}
	o.GatePath = o.path
	if o.Gate, err = gateScript(o.gate); err != nil {
		return err
	}
	o.Logger, err = logger(c, o.logFormat, o.logLevel)
	return err
}

// checkListen returns what in the flags can never be listened with. A port that another program has may be free later:
// that is a failure, and Serve's to tell.
func checkListen(l proxy.Listen) error {
	if err := proxy.CheckAddr(l.Addr); err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if l.Admin != "" {
		if err := proxy.CheckAddr(l.Admin); err != nil {
			return fmt.Errorf("--admin: %w", err)
		}
	}
	if (l.Cert == "") != (l.Key == "") {
		return fmt.Errorf("--tls-cert and --tls-key go together")
	}
	if l.Cert == "" {
		return nil
	}
	if _, err := proxy.ReadCertificate(l.Cert, l.Key); err != nil {
		return fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	return nil
}

// gateScript returns the text of segment-blocker.js: of a file, or the one that was built in.
func gateScript(file string) ([]byte, error) {
	if file == "" {
		text, err := web.Gate()
		if err != nil {
			return nil, fmt.Errorf("no gate is built in; run make build, or name a file with --gate: %w", err)
		}
		return text, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--gate: %w", err)
	}
	return text, nil
}

func logger(c *cobra.Command, format, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log-level: %q is none of debug, info, warn, error", level)
	}
	options := &slog.HandlerOptions{Level: l}
	switch strings.ToLower(format) {
	case "text":
		return slog.New(slog.NewTextHandler(c.ErrOrStderr(), options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(c.ErrOrStderr(), options)), nil
	}
	return nil, fmt.Errorf("--log-format: %q is neither text nor json", format)
}
