package audit

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/segment-blocker/segment-blocker/blocker"
)

// Defaults of Options.
const (
	DefaultTimeout = 30 * time.Second
	DefaultSettle  = 2 * time.Second
	DefaultTabs    = 2
)

// Scenario is what a visitor does on the page.
type Scenario string

// The scenarios, in the order of the report.
const (
	NoChoice Scenario = "no choice"
	Reject   Scenario = "reject"
	Accept   Scenario = "accept"
	Withdraw Scenario = "withdraw"
)

// Scenarios lists every scenario in the order of the report.
func Scenarios() []Scenario { return []Scenario{NoChoice, Reject, Accept, Withdraw} }

// ParseScenario reads a scenario's name; "no-choice" and "none" stand for the first.
func ParseScenario(name string) (Scenario, error) {
	switch name {
	case "none", "no-choice":
		return NoChoice, nil
	}
	if s := Scenario(name); slices.Contains(Scenarios(), s) {
		return s, nil
	}
	return "", fmt.Errorf("%q is no run; use no-choice, reject, accept or withdraw", name)
}

// Options of an audit. The zero value is usable.
type Options struct {
	// Browser is the program to run; empty means that it is looked for.
	Browser string
	// NoSandbox starts the browser without its sandbox. As root that is done anyway: Chromium refuses to start otherwise.
	NoSandbox bool
	// Proxy is the proxy server all of the browser's traffic takes, "http://host:port" or "socks5://host:port".
	Proxy string
	// Insecure accepts any TLS certificate.
	Insecure bool
	// Timeout bounds each wait: for the page to come, and for its network to come to rest. 0 means DefaultTimeout.
	Timeout time.Duration
	// Settle is how long the network must be at rest. 0 means DefaultSettle.
	Settle time.Duration
	// Tabs is how many pages are open at once. 0 means DefaultTabs.
	Tabs int
	// Runs are the scenarios to play; empty means all.
	Runs []Scenario
	// AcceptSelector, RejectSelector and WithdrawSelector are CSS selectors of what to click for a choice. They come before
	// anything that is found on the page. Without WithdrawSelector a withdrawal clicks RejectSelector.
	AcceptSelector, RejectSelector, WithdrawSelector string
	// Config is the gate's configuration to judge with. Nil means the one that the page itself gives its gate, if any.
	Config *blocker.Config
	// Version is the tool's version, for the report.
	Version string
	// Progress gets a line for each step; it is not called at the same time twice. Nil means silence.
	Progress func(line string)
}

// withDefaults fills in what is zero.
func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Settle <= 0 {
		o.Settle = DefaultSettle
	}
	if o.Tabs <= 0 {
		o.Tabs = DefaultTabs
	}
	if len(o.Runs) == 0 {
		o.Runs = Scenarios()
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	return o
}

// CheckURL returns why an address is none that a browser would open as a page of the web, or nil.
func CheckURL(address string) error {
	if _, _, ok := hostAndPath(address); !ok || originOf(address) == "" {
		return fmt.Errorf("%q is not the address of a web page; write it in full, for example https://shop.example/", address)
	}
	return nil
}

// ErrNoBrowser is what Pages returns, wrapped, when there is no browser to run.
var ErrNoBrowser = errors.New("no Chromium or Chrome found")
