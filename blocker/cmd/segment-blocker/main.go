// Command segment-blocker is the consent gate for Twilio Segment on the command line.
//
// Errors go to stderr as one line. The exit status is 0, or 1 for a finding or a failure, or 2 for bad usage.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Version is the tool's semantic version; the build sets it from web/package.json.
var Version = "dev"

// exit is an error with an exit status of its own. Without text nothing is printed.
type exit struct {
	status int
	text   string
}

func (e exit) Error() string { return e.text }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// Whoever asks a second time does not want to wait: then the signal does what it does to any program.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes the tool and returns its exit status.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	root := command()
	answer := &sink{to: out}
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(answer)
	root.SetErr(errOut)
	// After the outputs are set: cobra's completion keeps the one it finds.
	refuseUnknown(root)
	err := root.ExecuteContext(ctx)
	var e exit
	switch {
	case errors.As(err, &e):
		if e.text != "" {
			fmt.Fprintln(errOut, "segment-blocker:", e.text)
		}
		return e.status
	case answer.err != nil:
		fmt.Fprintf(errOut, "segment-blocker: standard output cannot be written: %v; make room there or send it elsewhere\n", answer.err)
		return 1
	case err == nil:
		return 0
	default:
		fmt.Fprintf(errOut, "segment-blocker: %v; see \"segment-blocker --help\"\n", err)
		return 2
	}
}

// sink passes writes on and keeps the first that failed: cobra drops that error when it prints help, and for its version
// returns it as if it were one of usage.
type sink struct {
	to  io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	s.err = cmp.Or(s.err, err)
	return n, err
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "segment-blocker",
		Short: "The consent gate for Twilio Segment",
		Long: "segment-blocker keeps Twilio Segment out of a page until the visitor consents.\n" +
			"The tool serves the demo and answers what the gate would decide.",
		Version:       Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return c.Help()
		},
	}
	root.SetVersionTemplate("segment-blocker {{.Version}}\n")
	root.AddCommand(demoCommand(), explainCommand())
	root.AddCommand(proxyCommand(), rewriteCommand(), auditCommand())
	return root
}

// refuseUnknown makes cobra's own commands take an unknown word for bad usage: they would print help and end well.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		show := c.Run
		switch c.Name() {
		case "help":
			c.RunE = func(c *cobra.Command, args []string) error {
				if _, rest, err := root.Find(args); err != nil || len(rest) > 0 {
					return fmt.Errorf("unknown command %q", strings.Join(args, " "))
				}
				show(c, args)
				return nil
			}
		case "completion":
			c.Args = cobra.ArbitraryArgs
			c.RunE = func(c *cobra.Command, args []string) error {
				if len(args) > 0 {
					return fmt.Errorf("completion: unknown shell %q", args[0])
				}
				return c.Help()
			}
		}
	}
}
