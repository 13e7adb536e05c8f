package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/audit"
)

type auditOptions struct {
	audit.Options
	sitemap         string
	max             int
	runs            []string
	config          string
	out, json, html string
	quiet           bool
}

const auditLong = `Open pages in a real Chromium, each four times as a new visitor: without a choice, after "reject", after "accept",
and after "accept" taken back. Everything that leaves the browser or is stored in it is recorded and judged by the
gate's rules, whether the page has a gate or not. The choice is made on the page's own banner: by --accept-selector
and its like, else with the consent platform found there, else through window.segmentBlocker.

Two reports are written: segment-audit.html, a page of its own to read and to show, and segment-audit.json.
The exit status is 1 when anything leaked, and when a page could not be audited or a choice not be made.`

const auditExample = `  segment-blocker audit https://shop.example/
  segment-blocker audit --sitemap https://shop.example/sitemap.xml --max 10 --tabs 4 --out reports
  segment-blocker audit --accept-selector "#yes" --reject-selector "#no" http://localhost:8080/
  segment-blocker audit --runs no-choice --json - --html "" https://shop.example/ | jq .leaks`

func auditCommand() *cobra.Command {
	var o auditOptions
	c := &cobra.Command{
		Use:     "audit URL...",
		Short:   "Record what pages send and store before, after and without consent, and write a report",
		Long:    auditLong,
		Example: auditExample,
		Args:    cobra.ArbitraryArgs,
		RunE:    func(c *cobra.Command, args []string) error { return o.run(c, args) },
	}
	f := c.Flags()
	f.StringVar(&o.sitemap, "sitemap", "", "audit the pages of this sitemap too (XML, an index of sitemaps, gzipped or not)")
	f.IntVar(&o.max, "max", 20, "most pages to take from the sitemap")
	f.IntVar(&o.Tabs, "tabs", audit.DefaultTabs, "pages open at once")
	f.StringSliceVar(&o.runs, "runs", nil, "visits to make: no-choice, reject, accept, withdraw (default all)")
	f.DurationVar(&o.Timeout, "timeout", audit.DefaultTimeout, "longest wait for a page, and for its network to come to rest")
	f.DurationVar(&o.Settle, "settle", audit.DefaultSettle, "how long the network must be quiet")
	f.StringVar(&o.AcceptSelector, "accept-selector", "", "CSS selector of what to click to accept")
	f.StringVar(&o.RejectSelector, "reject-selector", "", "CSS selector of what to click to reject")
	f.StringVar(&o.WithdrawSelector, "withdraw-selector", "", "CSS selector of what to click to withdraw (default: that of rejecting)")
	f.StringVar(&o.config, "config", "", "a JSON file with the gate's configuration to judge with (default: the page's own)")
	f.StringVar(&o.Browser, "browser", "", "path of Chromium or Chrome (default: $CHROMIUM, else the first found)")
	f.BoolVar(&o.NoSandbox, "no-sandbox", false, "run the browser without its sandbox (done by itself as root)")
	f.StringVar(&o.Proxy, "proxy", "", "proxy server for the browser, http://host:port or socks5://host:port")
	f.BoolVar(&o.Insecure, "insecure", false, "accept any TLS certificate")
	f.StringVar(&o.out, "out", ".", "folder for the two reports")
	f.StringVar(&o.json, "json", "segment-audit.json", `file for the JSON report; "-" for standard output, "" for none`)
	f.StringVar(&o.html, "html", "segment-audit.html", `file for the HTML report; "-" for standard output, "" for none`)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress on standard error")
	return c
}

func (o *auditOptions) run(c *cobra.Command, args []string) error {
	if err := o.read(c); err != nil {
		return err
	}
	if err := o.checkPages(args); err != nil {
		return exit{2, err.Error()}
	}
	if err := o.makeFolders(); err != nil {
		return exit{1, err.Error()}
	}
	if o.sitemap != "" {
		pages, err := audit.Sitemap(c.Context(), o.Options, o.sitemap, o.max)
		if err != nil {
			return exit{1, err.Error()}
		}
		args = append(args, pages...)
	}
	r, err := audit.Pages(c.Context(), o.Options, args)
	if err != nil {
		return exit{1, err.Error()}
	}
	if err := o.write(c.OutOrStdout(), r); err != nil {
		return exit{1, err.Error()}
	}
	if !o.quiet {
		fmt.Fprintln(c.ErrOrStderr(), r.Headline())
	}
	switch {
	case r.OK():
		return nil
	case o.quiet:
		// Quiet is without progress: what went wrong is said.
		return exit{1, r.Headline()}
	default:
		return exit{status: 1}
	}
}

// read turns flags into options.
func (o *auditOptions) read(c *cobra.Command) error {
	o.Version = Version
	for _, name := range o.runs {
		s, err := audit.ParseScenario(name)
		if err != nil {
			return exit{2, "--runs: " + err.Error()}
		}
		o.Runs = append(o.Runs, s)
	}
	switch {
	case o.Tabs < 1 || o.Tabs > 64:
		return exit{2, "--tabs must be from 1 to 64"}
	case o.max < 1:
		return exit{2, "--max must be at least 1"}
	case o.Timeout <= 0 || o.Settle <= 0:
		return exit{2, "--timeout and --settle must be longer than nothing, for example 30s"}
	case o.json == "-" && o.html == "-":
		return exit{2, "only one report fits on standard output: give a file to --json or --html"}
	}
	if err := checkProxy(o.Proxy); err != nil {
		return err
	}
	// A browser that was named is usage; that none is installed is a failure, and Pages tells it.
	if o.Browser != "" {
		if _, err := audit.FindBrowser(o.Browser); err != nil {
			return exit{2, err.Error()}
		}
	}
	if o.config != "" {
		text, err := os.ReadFile(o.config)
		if err != nil {
			return exit{2, "--config: " + err.Error()}
		}
		config, problems := blocker.ParseConfig(string(text))
		if len(problems) > 0 {
			return exit{2, "--config: " + problems[0].String()}
		}
		o.Config = &config
	}
	if !o.quiet {
		o.Progress = func(line string) { fmt.Fprintln(c.ErrOrStderr(), line) }
	}
	return nil
}

// proxySchemes are what Chromium understands in --proxy-server.
var proxySchemes = []string{"http", "https", "socks4", "socks5"}

// checkProxy refuses what the browser would not use as a proxy. Without a scheme it takes it for http.
func checkProxy(proxy string) error {
	if proxy == "" {
		return nil
	}
	if !strings.Contains(proxy, "://") {
		proxy = "http://" + proxy
	}
	u, err := url.Parse(proxy)
	if err != nil || u.Host == "" || !slices.Contains(proxySchemes, u.Scheme) {
		return exit{2, fmt.Sprintf("--proxy: %q is no proxy; give it as http://host:port or socks5://host:port", proxy)}
	}
	return nil
}

// checkPages returns why there is nothing to audit, or nil.
func (o *auditOptions) checkPages(args []string) error {
	if len(args) == 0 && o.sitemap == "" {
		return errors.New("give the address of at least one page, or --sitemap")
	}
	if o.sitemap != "" {
		if err := checkURL("--sitemap", o.sitemap); err != nil {
			return err
		}
	}
	for _, page := range args {
		if err := audit.CheckURL(page); err != nil {
			return err
		}
	}
	return nil
}

// makeFolders makes the reports' folders before the audit, which takes minutes and would be lost without them. The files
// are not tried: to open a pipe and close it again would end it for its reader.
func (o *auditOptions) makeFolders() error {
	for _, name := range []string{o.json, o.html} {
		if name == "" || name == "-" {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(o.path(name)), 0o755); err != nil {
			return fmt.Errorf("no folder for the reports: %w; choose another place with --out, --json or --html", err)
		}
	}
	return nil
}

// path is where the report of this name goes.
func (o *auditOptions) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(o.out, name)
}

// write writes the reports that were asked for: both, even when one fails. The first error stands for both, because they
// mostly fail alike.
func (o *auditOptions) write(out io.Writer, r *audit.Report) error {
	return cmp.Or(o.writeTo(out, o.json, r.WriteJSON), o.writeTo(out, o.html, r.WriteHTML))
}

func (o *auditOptions) writeTo(out io.Writer, name string, write func(io.Writer) error) error {
	switch name {
	case "":
		return nil
	case "-":
		return write(out)
	}
	file, err := os.Create(o.path(name))
	if err != nil {
		return err
	}
	return cmp.Or(write(file), file.Close())
}
