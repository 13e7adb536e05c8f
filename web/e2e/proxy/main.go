// Command proxy runs the recording proxy of the browser tests. It prints its address as one line and ends with its
// standard input, so that it never outlives the test run that started it.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/segment-blocker/segment-blocker/web/server/proxy"
)

func main() {
	var o proxy.Options
	flag.StringVar(&o.WebDir, "web", "web", "the project's web folder")
	flag.StringVar(&o.TestData, "testdata", "testdata", "the project's testdata folder")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "proxy:", err)
		os.Exit(1)
	}
}

func run(o proxy.Options) error {
	p, err := proxy.New(o)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(l) }()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		ended <- nil
	}()
	return <-ended
}
