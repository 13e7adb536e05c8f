package proxy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"time"

	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

// Proxy is one configured reverse proxy.
type Proxy struct {
	o       Options
	handler http.Handler
	metrics *metrics
	gateTag string
}

// New makes a proxy. It contacts nobody.
func New(o Options) (*Proxy, error) {
	if o.GatePath == "" {
		o.GatePath = DefaultGatePath
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	o.Timeouts = o.Timeouts.withDefaults()
	sum := sha256.Sum256(o.Gate)
	p := &Proxy{o: o, metrics: newMetrics(), gateTag: `"` + hex.EncodeToString(sum[:8]) + `"`}
	snippet, err := p.snippet()
	if err != nil {
		return nil, err
	}
	gated := rewrite.Middleware(rewrite.MiddlewareOptions{
		Config:      o.Config,
		Snippet:     snippet,
		Consent:     rewrite.StoredConsent(o.Config),
		URL:         p.documentURL,
		Strict:      o.Strict,
		StrictHosts: o.StrictHosts,
		Logger:      o.Logger,
		Report:      func(_ *http.Request, r rewrite.Report) { p.metrics.rewritten(r) },
	})(p.reverse())
	p.handler = p.observed(p.route(gated))
	return p, nil
}

// route is no http.ServeMux: that redirects "/a//b" and "/a/../b" to what it holds for the same, and the site may not.
func (p *Proxy) route(site http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == p.o.GatePath {
			p.serveGate(w, r)
			return
		}
		site.ServeHTTP(w, r)
	})
}

// Handler answers the site's visitors.
func (p *Proxy) Handler() http.Handler { return p.handler }

// Admin answers the operator: /healthz and /metrics (Prometheus).
func (p *Proxy) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.Handle("/metrics", p.metrics.handler())
	return mux
}

func (p *Proxy) snippet() (rewrite.Snippet, error) {
	if p.o.Inline {
		return rewrite.Inline(string(p.o.Gate), p.o.ConfigText)
	}
	// The tag changes with the script, so that browsers may keep it for good.
	return rewrite.External(p.o.GatePath+"?v="+p.gateTag[1:len(p.gateTag)-1], p.o.ConfigText)
}

// serveGate serves the gate's script, for a year where the address names its version.
func (p *Proxy) serveGate(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("ETag", p.gateTag)
	h.Set("X-Content-Type-Options", "nosniff")
	if r.URL.Query().Get("v")+`"` == p.gateTag[1:] {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(p.o.Gate))
}

func (p *Proxy) reverse() http.Handler {
	t := p.o.Timeouts
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: t.Dial, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   t.Dial,
		ResponseHeaderTimeout: t.Response,
		IdleConnTimeout:       t.Idle,
		MaxIdleConnsPerHost:   256,
		ForceAttemptHTTP2:     true,
		// Bodies pass as they come; the middleware reads the encodings it knows.
		DisableCompression: true,
	}
	site := &httputil.ReverseProxy{
		Transport:    transport,
		Rewrite:      p.direct,
		ErrorHandler: p.fail,
		ErrorLog:     slog.NewLogLogger(p.o.Logger.Handler(), slog.LevelWarn),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.ServeHTTP(untyped{w}, r) })
}

// untyped leaves a response without a type where the upstream gave none. net/http would find one in the body, and make
// HTML that runs of what browsers may not look into (X-Content-Type-Options: nosniff).
type untyped struct{ http.ResponseWriter }

// Unwrap is for http.ResponseController.
func (u untyped) Unwrap() http.ResponseWriter { return u.ResponseWriter }

func (u untyped) WriteHeader(status int) {
	if h := u.Header(); status >= 200 && len(h["Content-Type"]) == 0 {
		h["Content-Type"] = nil
	}
	u.ResponseWriter.WriteHeader(status)
}

func (p *Proxy) direct(r *httputil.ProxyRequest) {
	// Anybody can say of himself that he is somebody else: only a balancer's word on the visitor stays.
	if p.o.TrustForwarded {
		r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
	}
	// Queries that net/url cannot read ("a;b", "100%") are the site's to judge; ReverseProxy has taken them out.
	r.Out.URL.RawQuery = r.In.URL.RawQuery
	r.SetURL(p.o.Upstream)
	r.SetXForwarded()
	r.Out.Header.Del("Forwarded")
	if p.o.TrustForwarded {
		for _, name := range []string{"X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"} {
			if before := r.In.Header[name]; len(before) > 0 {
				r.Out.Header[name] = before
			}
		}
		// A balancer that says it the other way has not said it this way.
		proto, host := forwarded(r.In.Header)
		for name, value := range map[string]string{"X-Forwarded-Proto": proto, "X-Forwarded-Host": host} {
			if value != "" && len(r.In.Header[name]) == 0 {
				r.Out.Header.Set(name, value)
			}
		}
	}
	if p.o.PreserveHost {
		r.Out.Host = r.In.Host
	}
}

// fail answers when the upstream does not.
func (p *Proxy) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		// The visitor went away; there is nobody to answer.
		p.metrics.aborted.Inc()
		w.WriteHeader(statusClientClosed)
		return
	}
	p.metrics.failures.Inc()
	p.o.Logger.Error("the upstream did not answer", "method", r.Method, "path", r.URL.Path, "error", err)
	status, text := http.StatusBadGateway, "The site cannot be reached just now. Please try again.\n"
	if e := net.Error(nil); errors.As(err, &e) && e.Timeout() {
		status, text = http.StatusGatewayTimeout, "The site takes too long to answer. Please try again.\n"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}

// statusClientClosed is what the log shows for a request whose visitor went away before the answer (as nginx does).
const statusClientClosed = 499
