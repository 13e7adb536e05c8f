package audit

import (
	"encoding/json"
	"time"
)

// watched is a target of the visit.
type watched struct {
	session string
	target  targetInfo
}

// from is the word of Request.From; frame is the frame that asked, when the target is a page.
func (w *watched) from(main, frame string) string {
	switch w.target.Type {
	case "iframe":
		return "frame"
	case "worker":
		return "worker"
	case "shared_worker":
		return "shared worker"
	case "service_worker":
		return "service worker"
	}
	if w.target.ID != main {
		return "window"
	}
	if frame != "" && frame != main {
		return "frame"
	}
	return "page"
}

// pump handles the events of the visit in their order until its inbox is closed.
func (v *visit) pump() {
	for events := v.inbox.take(); events != nil; events = v.inbox.take() {
		for _, e := range events {
			v.handle(e)
		}
		v.wake()
	}
}

// wake makes a waiting settle look again.
func (v *visit) wake() {
	select {
	case v.changed <- struct{}{}:
	default:
	}
}

// handlers by the protocol's names. They run under the visit's lock.
var handlers = map[string]func(v *visit, w *watched, params []byte){
	"Network.requestWillBeSent":         handle((*visit).requestSent),
	"Network.responseReceived":          handle((*visit).responseReceived),
	"Network.responseReceivedExtraInfo": handle((*visit).headersReceived),
	"Network.dataReceived":              handle((*visit).dataReceived),
	"Network.loadingFinished":           handle((*visit).loadingFinished),
	"Network.loadingFailed":             handle((*visit).loadingFailed),
	"Network.webSocketCreated":          handle((*visit).socketOpened),
	"Network.webTransportCreated":       handle((*visit).transportOpened),
	"DOMStorage.domStorageItemAdded":    handle((*visit).keyWritten),
	"DOMStorage.domStorageItemUpdated":  handle((*visit).keyWritten),
	"Runtime.bindingCalled":             handle((*visit).writerTold),
	"Page.loadEventFired":               handle((*visit).pageLoaded),
	"Page.frameNavigated":               handle((*visit).frameNavigated),
	"Inspector.targetCrashed":           handle((*visit).targetCrashed),
}

// handle decodes the parameters for a handler. What cannot be decoded is skipped: another version of the browser may say
// more, never something else under the same name.
func handle[T any](f func(*visit, *watched, T)) func(*visit, *watched, []byte) {
	return func(v *visit, w *watched, params []byte) {
		var p T
		if json.Unmarshal(params, &p) == nil {
			f(v, w, p)
		}
	}
}

func (v *visit) handle(e event) {
	switch e.method {
	case "Target.attachedToTarget":
		var a attached
		if json.Unmarshal(e.params, &a) == nil {
			v.attach(a)
		}
		return
	case "Page.javascriptDialogOpening":
		// A visitor would have to answer before anything else happens; yes also leaves a page that asks whether to stay.
		v.b.post(e.session, "Page.handleJavaScriptDialog", map[string]any{"accept": true})
		return
	}
	f := handlers[e.method]
	v.mu.Lock()
	defer v.mu.Unlock()
	if w := v.watching[e.session]; f != nil && w != nil {
		f(v, w, e.params)
	}
}

// ofPage are the sorts of targets that a page can make; the browser has others of its own.
var ofPage = map[string]bool{"page": true, "iframe": true, "worker": true, "shared_worker": true, "service_worker": true}

// attach has a halted target report everything before it runs. A target can be announced twice, by the browser and by
// the page it belongs to; the first announcement is kept.
func (v *visit) attach(a attached) {
	v.mu.Lock()
	known := v.targets[a.Target.ID] || !ofPage[a.Target.Type]
	first := !known && v.main == "" && a.Target.Type == "page"
	if !known {
		v.targets[a.Target.ID] = true
		v.watching[a.Session] = &watched{a.Session, a.Target}
	}
	if first {
		v.main, v.mainTarget = a.Session, a.Target.ID
	}
	v.mu.Unlock()
	commands := []command{{"Runtime.runIfWaitingForDebugger", nil}}
	if !known {
		commands = v.reports(a.Target.Type)
	}
	answered := v.b.sendAll(a.Session, commands)
	if first {
		// Before the page goes anywhere all must be in force: a navigation to another process takes what is still on its way
		// to the new one too late.
		go func() {
			answered(v.b.gone)
			close(v.opened)
		}()
	}
}

// reports are the commands that have a target tell everything.
func (v *visit) reports(kind string) []command {
	list := []command{
		{"Network.enable", map[string]any{"maxPostDataSize": 0}},
		{"Network.setUserAgentOverride", map[string]any{"userAgent": v.b.userAgent}},
	}
	if kind == "page" || kind == "iframe" {
		list = append(
			list, command{"Page.enable", nil}, command{"Runtime.enable", nil}, command{"Inspector.enable", nil}, command{"DOMStorage.enable", nil},
			command{"Runtime.addBinding", map[string]any{"name": bindingName}},
			command{"Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": writersScript}},
		)
	}
	return append(list, command{"Target.setAutoAttach", autoAttach}, command{"Runtime.runIfWaitingForDebugger", nil})
}

func (v *visit) pageLoaded(w *watched, _ struct{}) {
	if w.session == v.main {
		v.loaded = true
		v.active = time.Now()
	}
}

type navigated struct {
	Frame struct {
		ID     string `json:"id"`
		Parent string `json:"parentId"`
		URL    string `json:"url"`
	} `json:"frame"`
}

func (v *visit) frameNavigated(w *watched, e navigated) {
	if origin := originOf(e.Frame.URL); origin != "" {
		v.origins[origin] = w.session
	}
	if w.session == v.main && e.Frame.Parent == "" {
		v.loaded = false
		v.address = e.Frame.URL
		v.navigations++
	}
}

func (v *visit) targetCrashed(w *watched, _ struct{}) {
	if w.session == v.main {
		v.crashed = true
		close(v.ended)
	} else {
		v.note("A frame of the page, " + clip(w.target.URL) + ", crashed.")
	}
}
