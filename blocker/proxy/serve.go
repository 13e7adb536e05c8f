package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
)

// Listen says where a proxy is served.
type Listen struct {
	// Addr is for visitors ("localhost:8080", ":443"); Admin for health and metrics, none when empty.
	Addr, Admin string
	// Cert and Key are PEM files; both or neither.
	Cert, Key string
	// Ready is told the addresses that were got, once both listen.
	Ready func(addr, admin net.Addr)
}

// Serve answers until ctx ends, and then lets running requests finish for as long as Timeouts.Shutdown allows.
func (p *Proxy) Serve(ctx context.Context, l Listen) error {
	site, err := listen(ctx, l.Addr)
	if err != nil {
		return err
	}
	defer site.Close()
	var operator net.Listener
	if l.Admin != "" {
		if operator, err = listen(ctx, l.Admin); err != nil {
			return err
		}
		defer operator.Close()
	}
	if site, err = secured(site, l); err != nil {
		return err
	}
	if l.Ready != nil {
		var admin net.Addr
		if operator != nil {
			admin = operator.Addr()
		}
		l.Ready(site.Addr(), admin)
	}
	var servers []*http.Server
	ended := make(chan error, 2)
	serve := func(h http.Handler, l net.Listener) {
		s := p.server(h)
		servers = append(servers, s)
		go func() { ended <- s.Serve(l) }()
	}
	serve(p.Handler(), site)
	if operator != nil {
		serve(p.Admin(), operator)
	}
	select {
	case err = <-ended:
	case <-ctx.Done():
		err = nil
	}
	return errors.Join(err, p.stop(ctx, servers))
}

func (p *Proxy) server(h http.Handler) *http.Server {
	t := p.o.Timeouts
	return &http.Server{
		Handler: h, ReadHeaderTimeout: t.ReadHeader, IdleTimeout: t.Idle,
		ErrorLog: slog.NewLogLogger(p.o.Logger.Handler(), slog.LevelWarn),
	}
}

// stop lets the servers finish. What is still running after the time for it is cut off.
func (p *Proxy) stop(ctx context.Context, servers []*http.Server) error {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.o.Timeouts.Shutdown)
	defer cancel()
	for _, s := range servers {
		if s.Shutdown(last) != nil {
			p.o.Logger.Warn("requests were cut off: they did not end in the time for it", "time", p.o.Timeouts.Shutdown)
			_ = s.Close()
		}
	}
	return nil
}

// CheckAddr returns why no machine could listen on addr, or nil. Its error names the mend. Whether the host is known and
// the port free is not asked.
func CheckAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		// A port may be a service's name, such as http; a number is only checked.
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return fmt.Errorf("%q is no address to listen on; give a host and a port of at most 65535, for example localhost:8080", addr)
	}
	return nil
}

// ReadCertificate reads a certificate and its key from PEM files. Its error names the mend.
func ReadCertificate(cert, key string) (tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return pair, fmt.Errorf("the certificate cannot be used: %w; give it and its key as PEM files", err)
	}
	return pair, nil
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use; stop what listens there or choose another port", addr)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s needs more rights; choose a port above 1023 or allow it to the program", addr)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %q: %w", addr, err)
	}
	return l, nil
}

func secured(l net.Listener, o Listen) (net.Listener, error) {
	if o.Cert == "" && o.Key == "" {
		return l, nil
	}
	pair, err := ReadCertificate(o.Cert, o.Key)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{
		Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12,
	}), nil
}
