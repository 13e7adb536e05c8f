package audit

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/segment-blocker/segment-blocker/blocker"
)

// Pages audits the pages of these addresses. Its error says why no audit could be made at all: a bad address, no browser, or ctx ended. A page
// that fails is told in the report.
func Pages(ctx context.Context, o Options, urls []string) (*Report, error) {
	o = o.withDefaults()
	for _, url := range urls {
		if err := CheckURL(url); err != nil {
			return nil, err
		}
	}
	started := time.Now().UTC()
	b, err := startBrowser(ctx, o)
	if err != nil {
		return nil, err
	}
	defer b.stop()
	tell := &teller{to: o.Progress}
	tell.line("browser: " + b.product + sandboxWord(o))
	a := &audit{b: b, o: o, tell: tell, visits: make([][]*visit, len(urls)), errs: make([][]error, len(urls))}
	a.all(ctx, urls)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("stopped before the end: %w", ctx.Err())
	}
	r := &Report{
		Schema: SchemaVersion, Tool: o.Version, Browser: b.product, Started: started, Finished: time.Now().UTC(),
		Settings: Settings{
			Timeout: o.Timeout.Milliseconds(), Settle: o.Settle.Milliseconds(), Proxy: o.Proxy, Insecure: o.Insecure,
			NoSandbox: needsNoSandbox(o), ConfigGiven: o.Config != nil,
		},
		Pages: []Page{},
	}
	for i, url := range urls {
		r.Pages = append(r.Pages, a.page(i, url))
	}
	r.count()
	return r, nil
}

func sandboxWord(o Options) string {
	switch {
	case o.NoSandbox:
		return ", without its sandbox, as asked"
	case os.Geteuid() == 0:
		return ", without its sandbox, because it runs as root"
	}
	return ""
}

type audit struct {
	b      *browser
	o      Options
	tell   *teller
	visits [][]*visit
	errs   [][]error
}

// all plays every scenario of every page, as many at once as there may be tabs.
func (a *audit) all(ctx context.Context, urls []string) {
	places := make(chan struct{}, a.o.Tabs)
	var wg sync.WaitGroup
	for i, url := range urls {
		a.visits[i], a.errs[i] = make([]*visit, len(a.o.Runs)), make([]error, len(a.o.Runs))
		for k, scenario := range a.o.Runs {
			shown := withoutUserInfo(url)
			places <- struct{}{}
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer func() { <-places }()
				prefix := fmt.Sprintf("[%d/%d] %s: %s: ", i+1, len(urls), shown, scenario)
				v := newVisit(a.b, a.o, url, scenario, func(line string) { a.tell.line(prefix + line) })
				err := v.play(ctx)
				a.visits[i][k], a.errs[i][k] = v, err
				if err != nil {
					v.step("failed: " + err.Error())
				} else {
					v.step("recorded")
				}
			}()
		}
	}
	wg.Wait()
}

// page judges the runs of one page together: what one run learned of the page's configuration holds for all.
func (a *audit) page(i int, url string) Page {
	shown := withoutUserInfo(url)
	p := Page{URL: shown, Runs: []Run{}}
	config, source := a.config(a.visits[i])
	p.Config = source
	for k, v := range a.visits[i] {
		if v.gate != nil && p.Gate == nil {
			p.Gate = v.gate
		}
		p.Title = cmpOr(p.Title, v.title)
		p.CMP = cmpOr(p.CMP, v.cmp)
		c := config
		host, _, _ := hostAndPath(cmpOr(v.address, url))
		c.PageHost = host
		run := v.result(a.errs[i][k], c)
		a.tell.line(fmt.Sprintf("[%d/%d] %s: %s: %s", i+1, len(a.visits), shown, run.Name, summary(&run)))
		p.Runs = append(p.Runs, run)
	}
	return p
}

func summary(r *Run) string {
	text := string(r.Verdict)
	if n := r.Leaks(); n > 0 {
		text = fmt.Sprintf("%d leaks", n)
		if n == 1 {
			text = "1 leak"
		}
	}
	if r.Error != "" {
		text += ": " + r.Error
	}
	return text
}

// config is the given configuration, else the first that the page gave its gate.
func (a *audit) config(visits []*visit) (config blocker.Config, source string) {
	if a.o.Config != nil {
		return *a.o.Config, "given"
	}
	for _, v := range visits {
		if v.config != "" {
			// Faulty keys keep the gate closed, here as in the page.
			config, _ := blocker.ParseConfig(v.config)
			return config, "page"
		}
	}
	return blocker.Config{}, "default"
}

// teller passes lines on one at a time.
type teller struct {
	mu sync.Mutex
	to func(string)
}

func (t *teller) line(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.to(text)
}
