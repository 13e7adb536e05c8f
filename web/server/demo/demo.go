// Package demo serves a small shop with the gate, the real Analytics.js, and a Segment that is played on this machine, so
// that anyone can see in a minute what is held, what is released and what is erased. Nothing it serves leaves the machine.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Options of the demo server.
type Options struct {
	// Addr is the host and port to listen on, for example "localhost:8080". Port 0 takes a free one.
	Addr string
	// WebDir is the project's web folder, built: with dist, demo and node_modules.
	WebDir string
	// Stdout gets one line with the URL when the server answers.
	Stdout io.Writer
}

// grace is how long requests may go on after the server was told to stop.
const grace = 2 * time.Second

// Serve answers until ctx ends, then stops and returns nil. Its errors say what to do: build first, install first, choose
// another port.
func Serve(ctx context.Context, o Options) error {
	gate := filepath.Join(o.WebDir, "dist", "segment-blocker.js")
	if _, err := os.Stat(gate); err != nil {
		return fmt.Errorf("the gate is not built (run make build): %w", err)
	}
	handler, err := newHandler(o.WebDir)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use; choose another port, for example: make demo PORT=9000", o.Addr)
	}
	if err != nil {
		return fmt.Errorf("cannot listen on %q: %w", o.Addr, err)
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		// The panel's streams end with ctx, so that Shutdown need not wait for them.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	fmt.Fprintf(o.Stdout, "segment-blocker demo: http://%s (stop with Ctrl+C)\n", shownAddr(o.Addr, l.Addr()))
	return serveUntil(ctx, server, l)
}

func serveUntil(ctx context.Context, server *http.Server, l net.Listener) error {
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if server.Shutdown(last) != nil {
		return server.Close()
	}
	return nil
}

// shownAddr keeps the name that was asked for, "localhost" rather than 127.0.0.1, and the port that was got.
func shownAddr(asked string, got net.Addr) string {
	host, _, err := net.SplitHostPort(asked)
	_, port, err2 := net.SplitHostPort(got.String())
	if err != nil || err2 != nil {
		return got.String()
	}
	if host == "" {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
