package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// answerLimit bounds what the browser may take to answer one question about a page.
const answerLimit = 10 * time.Second

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

func (v *visit) navigate(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, v.o.Timeout)
	defer cancel()
	v.mu.Lock()
	v.start, v.active = time.Now(), time.Now()
	v.mu.Unlock()
	var answer struct {
		ErrorText  string
		IsDownload bool
	}
	err := v.b.call(limit, v.main, "Page.navigate", map[string]any{"url": v.url}, &answer)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return fmt.Errorf("the server did not answer within %v; give it more with --timeout", v.o.Timeout)
	case err != nil:
		return err
	case answer.IsDownload || answer.ErrorText == "net::ERR_ABORTED":
		return errors.New("the address is a download or has no content, not a page")
	case answer.ErrorText != "":
		return navigationError(answer.ErrorText)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.status >= 400 {
		return fmt.Errorf("the server answered %d %s", v.status, http.StatusText(v.status))
	}
	return nil
}

// navigationErrors are the browser's commonest, with the mend.
var navigationErrors = map[string]string{
	"ERR_NAME_NOT_RESOLVED":        "no such host: check the address, or give --proxy",
	"ERR_CONNECTION_REFUSED":       "nobody answers there: is the server running?",
	"ERR_TOO_MANY_REDIRECTS":       "the server redirects without end",
	"ERR_INTERNET_DISCONNECTED":    "this machine has no network",
	"ERR_PROXY_CONNECTION_FAILED":  "the proxy does not answer: check --proxy",
	"ERR_TUNNEL_CONNECTION_FAILED": "the proxy refuses this host",
	"ERR_EMPTY_RESPONSE":           "the server closed the connection without an answer",
}

func navigationError(text string) error {
	name := strings.TrimPrefix(text, "net::")
	if mend := navigationErrors[name]; mend != "" {
		return fmt.Errorf("%s (%s)", mend, name)
	}
	if strings.HasPrefix(name, "ERR_CERT_") || strings.HasPrefix(name, "ERR_SSL_") {
		return fmt.Errorf("the certificate is not accepted (%s); use --insecure if you know why", name)
	}
	return fmt.Errorf("the page could not be opened (%s)", name)
}

// rest waits until the page has loaded and its network was quiet for a while. A page that never comes to rest is left
// as it is when the time is over; the report says so.
func (v *visit) rest(ctx context.Context) error {
	deadline := time.Now().Add(v.o.Timeout)
	for {
		v.mu.Lock()
		wait := v.untilRest(time.Now())
		v.mu.Unlock()
		if wait <= 0 {
			return v.lost(ctx)
		}
		left := time.Until(deadline)
		if left <= 0 {
			v.mu.Lock()
			v.note(fmt.Sprintf("The page did not come to rest within %v: what it did later is not in this report.", v.o.Timeout))
			v.mu.Unlock()
			return v.lost(ctx)
		}
		timer := time.NewTimer(min(wait, left))
		select {
		case <-timer.C:
		case <-v.changed:
		case <-v.ended:
		case <-v.b.gone:
		case <-ctx.Done():
		}
		timer.Stop()
		if err := v.lost(ctx); err != nil {
			return err
		}
	}
}

// patience is how long a request may stay unanswered before it is no longer waited for.
func (v *visit) patience() time.Duration { return min(10*time.Second, v.o.Timeout/2) }

// untilRest returns how long to wait before looking again; 0 when the page is at rest.
func (v *visit) untilRest(now time.Time) time.Duration {
	if !v.loaded {
		return v.o.Timeout
	}
	wait := v.o.Settle - now.Sub(v.active)
	for _, p := range v.pending {
		if age := now.Sub(p.since); !p.answered && age < v.patience() {
			wait = max(wait, v.patience()-age)
		}
	}
	return max(wait, 0)
}

// lost returns why the run cannot go on, or nil.
func (v *visit) lost(ctx context.Context) error {
	select {
	case <-v.ended:
		return errors.New("the page crashed")
	case <-v.b.gone:
		return errGone
	default:
		return ctx.Err()
	}
}

// evaluate runs an expression in the page, waits for its promise, and reads its value.
func (v *visit) evaluate(ctx context.Context, session, expression string, result any) error {
	limit, cancel := context.WithTimeout(ctx, min(answerLimit, v.o.Timeout))
	defer cancel()
	var answer struct {
		Result    struct{ Value json.RawMessage }
		Exception *struct {
			Text      string
			Exception struct{ Description string }
		} `json:"exceptionDetails"`
	}
	err := v.b.call(limit, session, "Runtime.evaluate", map[string]any{
		"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true,
	}, &answer)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return errors.New("the page does not respond: one of its scripts runs without end")
	case err != nil && navigatedAway(err):
		return errNavigated
	case err != nil:
		return err
	case answer.Exception != nil:
		line, _, _ := strings.Cut(answer.Exception.Exception.Description, "\n")
		return fmt.Errorf("%s", cmpOr(line, answer.Exception.Text))
	case result == nil || len(answer.Result.Value) == 0:
		return nil
	}
	return json.Unmarshal(answer.Result.Value, result)
}

// errNavigated says that the page went elsewhere before it answered.
var errNavigated = errors.New("the page loads itself anew all the time")

// navigatedAway reads the protocol's errors for a question whose page is gone.
func navigatedAway(err error) bool {
	for _, words := range []string{"navigated or closed", "context was destroyed", "Cannot find context", "Promise was collected"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// evaluateAnew asks again when the page went elsewhere meanwhile.
func (v *visit) evaluateAnew(ctx context.Context, session, expression string, result any) error {
	err := errNavigated
	for i := 0; i < 5 && errors.Is(err, errNavigated); i++ {
		err = v.evaluate(ctx, session, expression, result)
	}
	return err
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
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
