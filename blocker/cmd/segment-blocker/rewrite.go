package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/spf13/cobra"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/proxy"
	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

type rewriteOptions struct {
	write, check, quiet        bool
	snippet, gate, config, url string
	options                    rewrite.Options
	settings                   blocker.Config
}

func rewriteCommand() *cobra.Command {
	var o rewriteOptions
	c := &cobra.Command{
		Use:   "rewrite [FILE...]",
		Short: "Put the gate into HTML files and make Segment's static tags inert",
		Long: "rewrite reads HTML and writes it with the gate first in <head> and Segment's static tags inert until consent;\n" +
			"everything else stays as it is, byte for byte. Without files it reads standard input. FILE may be a pattern\n" +
			"(quoted: \"public/**/*.html\") or a folder, which stands for the .html and .htm files in it.\n\n" +
			"With --write files are changed where they stand, each at once or not at all; a gate that an earlier run put in\n" +
			"is renewed if it is another now. With --check nothing is written; the files that would change are named, and the\n" +
			"exit status is 1 if there are any, or if a page cannot be read to its end.",
		Example: "  segment-blocker rewrite page.html > gated.html\n" +
			"  segment-blocker rewrite --write --snippet /js/segment-blocker.js \"public/**/*.html\"\n" +
			"  segment-blocker rewrite --check public    # in CI, after the build",
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, args) },
	}
	f := c.Flags()
	f.BoolVarP(&o.write, "write", "w", false, "change the files where they stand")
	f.BoolVar(&o.check, "check", false, "only name the files that would change; exit status 1 if there are any, or pages that cannot be read")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "do not say what was done to each file")
	f.StringVar(&o.snippet, "snippet", "inline", "how pages get the gate: inline, none, or the address of segment-blocker.js")
	f.StringVar(&o.gate, "gate", "", "segment-blocker.js to put in; the built-in one if not given")
	f.StringVar(&o.config, "config", "", "the gate's configuration (JSON file)")
	f.StringVar(&o.url, "url", "", "the page's address, which relative URLs are resolved against")
	c.MarkFlagsMutuallyExclusive("write", "check")
	return c
}

func (o *rewriteOptions) run(c *cobra.Command, args []string) error {
	if len(args) == 0 && (o.write || o.check) {
		return exit{2, "--write and --check need files; name them, for example: --write \"public/**/*.html\""}
	}
	if err := o.read(); err != nil {
		return exit{2, err.Error()}
	}
	if len(args) == 0 {
		return o.stream(c)
	}
	files, err := expand(args)
	if err != nil {
		return exit{2, err.Error()}
	}
	if !o.write && !o.check && len(files) > 1 {
		return exit{2, fmt.Sprintf("%d files for one output; use --write to change them where they stand", len(files))}
	}
	failed, found := false, false
	for _, name := range files {
		finding, err := o.file(c, name)
		if err != nil {
			fmt.Fprintln(c.ErrOrStderr(), "segment-blocker:", err)
			failed = true
		}
		found = found || finding
	}
	if failed || (o.check && found) {
		return exit{status: 1}
	}
	return nil
}

// read turns the flags into options of the rewriter.
func (o *rewriteOptions) read() error {
	if o.url != "" {
		if err := checkURL("--url", o.url); err != nil {
			return err
		}
	}
	config, text, err := proxy.ReadConfig(o.config)
	if err != nil {
		return err
	}
	o.settings = config
	o.options = rewrite.Options{URL: o.url, Renew: true}
	switch o.snippet {
	case "none":
	case "inline":
		script, err := gateScript(o.gate)
		if err != nil {
			return err
		}
		o.options.Snippet, err = rewrite.Inline(string(script), text)
		return err
	default:
		o.options.Snippet, err = rewrite.External(o.snippet, text)
		return err
	}
	return nil
}

// fresh are the options for one document: a gate is not for two.
func (o *rewriteOptions) fresh() rewrite.Options {
	options := o.options
	options.Gate = blocker.New(o.settings)
	return options
}

func (o *rewriteOptions) stream(c *cobra.Command) error {
	report, err := rewrite.Copy(c.OutOrStdout(), c.InOrStdin(), o.fresh())
	if err != nil {
		return exit{1, err.Error()}
	}
	o.warn(c, "standard input", report)
	return nil
}

// file rewrites one file and reports whether it has to be looked at: it changes, or there may be tags in it that were not
// read.
func (o *rewriteOptions) file(c *cobra.Command, name string) (finding bool, err error) {
	before, err := os.ReadFile(name)
	if err != nil {
		return false, err
	}
	after, report := rewrite.Bytes(before, o.fresh())
	changed := !bytes.Equal(before, after)
	switch {
	case o.check:
		if changed {
			_, err = fmt.Fprintln(c.OutOrStdout(), name)
		}
	case !o.write:
		_, err = c.OutOrStdout().Write(after)
	case changed:
		if err = replace(name, after); err == nil && !o.quiet {
			fmt.Fprintf(c.ErrOrStderr(), "%s: %s\n", name, done(report))
		}
	}
	if err == nil {
		o.warn(c, name, report)
	}
	return changed || (report.Unread != "" && bytes.IndexByte(before[report.UnreadAt:], '<') >= 0), err
}

// warn says what the rewriter left as it is.
func (o *rewriteOptions) warn(c *cobra.Command, name string, r rewrite.Report) {
	if o.quiet {
		return
	}
	if r.Unread != "" {
		fmt.Fprintf(c.ErrOrStderr(), "%s: left as it is from byte %d on: %s\n", name, r.UnreadAt, r.Unread)
	}
	if r.Stale && !r.Renewed {
		fmt.Fprintf(c.ErrOrStderr(), "%s: its gate is another, in a tag with attributes of its own; take that out to get this one\n", name)
	}
}

// done says in words what was done to a file.
func done(r rewrite.Report) string {
	var all []string
	if r.Inserted {
		all = append(all, "gate put in")
	}
	if r.Renewed {
		all = append(all, "gate renewed")
	}
	switch r.TagCount {
	case 0:
	case 1:
		all = append(all, "1 tag made inert")
	default:
		all = append(all, fmt.Sprintf("%d tags made inert", r.TagCount))
	}
	return strings.Join(all, ", ")
}

// replace writes a file anew, at once or not at all, with the mode it had.
func replace(name string, text []byte) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	// A link stays a link: what it leads to is replaced.
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(target), ".segment-blocker-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), target)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// expand turns names, patterns and folders into the files they stand for, sorted, each once.
func expand(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		found, err := expandOne(arg)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

func expandOne(arg string) ([]string, error) {
	info, err := os.Stat(arg)
	switch {
	case err == nil && !info.IsDir():
		return []string{filepath.Clean(arg)}, nil
	case err == nil:
		arg = filepath.Join(arg, "**", "*.{html,htm}")
	case !strings.ContainsAny(arg, "*?[{"):
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: there is no such file; patterns have a star, for example \"public/**/*.html\"", arg)
		}
		return nil, err
	}
	found, err := doublestar.FilepathGlob(arg, doublestar.WithFilesOnly())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arg, err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no file fits", arg)
	}
	return found, nil
}
