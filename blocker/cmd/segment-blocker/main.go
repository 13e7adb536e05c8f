// Command segment-blocker is the consent gate for Twilio Segment on the command line.
//
// Errors go to stderr as one line. The exit status is 0, or 1 for a finding or a failure, or 2 for bad usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
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
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	var e exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		if e.text != "" {
			fmt.Fprintln(errOut, "segment-blocker:", e.text)
		}
		return e.status
	default:
		fmt.Fprintf(errOut, "segment-blocker: %v; see \"segment-blocker --help\"\n", err)
		return 2
	}
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
