package audit

import (
	"context"
	"slices"
	"sync"
	"time"
)

// visit is one run: a new visitor on one page.
type visit struct {
	b        *browser
	o        Options
	url      string
	scenario Scenario
	step     func(string)
	context  string
	inbox    *inbox
	changed  chan struct{}
	// opened is closed when the page's own target is watched, ended when it crashed.
	opened, ended chan struct{}
	start         time.Time
	// duration is set when the visit is over.
	duration float64

	mu               sync.Mutex
	main, mainTarget string
	targets          map[string]bool
	watching         map[string]*watched
	// origins that had a document, with a session that can be asked about them.
	origins     map[string]string
	address     string
	title       string
	status      int
	navigations int
	loaded      bool
	crashed     bool
	active      time.Time
	pending     map[string]*pending
	early       map[string][]string
	requests    []Request
	writes      map[storedKey]*write
	writeOrder  []storedKey
	writers     map[storedKey]writer
	links       []Link
	choices     []Choice
	// acted is when the choice under way was clicked or called; granting is true while that is a grant, whose choice is
	// already among choices.
	acted    float64
	granting bool
	notes    []string
	gate     *Gate
	config   string
	cmp      string
}

func newVisit(b *browser, o Options, url string, s Scenario, step func(string)) *visit {
	return &visit{
		b: b, o: o, url: url, scenario: s, step: step, inbox: newInbox(), changed: make(chan struct{}, 1),
		opened: make(chan struct{}), ended: make(chan struct{}), start: time.Now(), active: time.Now(),
		targets: map[string]bool{}, watching: map[string]*watched{}, origins: map[string]string{}, pending: map[string]*pending{},
		early: map[string][]string{}, writes: map[storedKey]*write{}, writers: map[storedKey]writer{},
	}
}

// errChoice says that a choice could not be made.
type errChoice struct{ text string }

func (e errChoice) Error() string { return e.text }

// play opens the page, makes the scenario's choices and looks at what is stored. What was recorded is in the visit, also
// when it fails.
func (v *visit) play(ctx context.Context) error {
	if err := v.open(ctx); err != nil {
		return err
	}
	defer v.close()
	defer func() { v.duration = v.now() }()
	v.step("opening")
	if err := v.navigate(ctx); err != nil {
		return err
	}
	if err := v.rest(ctx); err != nil {
		return err
	}
	if err := v.refused(); err != nil {
		return err
	}
	if err := v.learn(ctx); err != nil {
		return err
	}
	for _, choice := range stepsOf(v.scenario) {
		v.look(ctx)
		if err := v.choose(ctx, choice); err != nil {
			return err
		}
		if err := v.rest(ctx); err != nil {
			return err
		}
	}
	v.look(ctx)
	return v.lost(ctx)
}

// stepsOf lists the choices of a scenario.
func stepsOf(s Scenario) []Scenario {
	switch s {
	case Reject, Accept:
		return []Scenario{s}
	case Withdraw:
		return []Scenario{Accept, Withdraw}
	}
	return nil
}

// open makes a browser context of its own and an empty page in it.
func (v *visit) open(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	var made struct{ BrowserContextID string }
	err := v.b.call(limit, "", "Target.createBrowserContext", map[string]any{"disposeOnDetach": true}, &made)
	if err != nil {
		return err
	}
	v.context = made.BrowserContextID
	v.b.add(v)
	go v.pump()
	err = v.b.call(limit, "", "Target.createTarget", map[string]any{
		"url": "about:blank", "browserContextId": v.context, "width": 1280, "height": 900,
	}, nil)
	if err == nil {
		v.b.post("", "Browser.setDownloadBehavior", map[string]any{"behavior": "deny", "browserContextId": v.context})
		select {
		case <-v.opened:
		case <-limit.Done():
			err = limit.Err()
		}
	}
	if err != nil {
		v.close()
	}
	return err
}

// close throws the browser context away, with all that is in it.
func (v *visit) close() {
	limit, cancel := context.WithTimeout(context.Background(), answerLimit)
	defer cancel()
	_ = v.b.call(limit, "", "Target.disposeBrowserContext", map[string]any{"browserContextId": v.context}, nil)
	v.b.remove(v)
	v.inbox.close()
}

// since turns the browser's wall clock, in seconds, into the run's time.
func (v *visit) since(wall float64) float64 {
	if wall == 0 {
		return v.now()
	}
	return max(0, wall*1000-float64(v.start.UnixMicro())/1000)
}

func (v *visit) now() float64 { return float64(time.Since(v.start).Microseconds()) / 1000 }

// note adds a remark once. The visit's lock must be held.
func (v *visit) note(text string) {
	if !slices.Contains(v.notes, text) {
		v.notes = append(v.notes, text)
	}
}
