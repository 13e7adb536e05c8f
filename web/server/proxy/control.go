package proxy

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// controls are what a test may ask of the proxy. Bodies and answers are JSON.
//
//	GET  /mark                     -> number of the newest record
//	GET  /log?since=N&wait=MS      -> records above N; with wait, not before there is one, or the time is over
//	GET  /events?since=N&wait=MS   -> the same of what Segment received
//	POST /reset                    forgets records, events, pages, faults, proxies -> an entrance of its own for what comes
//	                               now: host and port
//	POST /pages   Page             answers a URL
//	POST /open?name=NAME           lets the chunks after NAME go
//	POST /faults  Fault            makes requests fail
//	POST /proxies [Prefix]         where Segment answers besides its own hosts
func (p *Proxy) controls() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /mark", func(w http.ResponseWriter, r *http.Request) { reply(w, p.of(r).log.mark()) })
	mux.HandleFunc("GET /log", func(w http.ResponseWriter, r *http.Request) {
		ctx, since, done := patience(r)
		defer done()
		reply(w, p.of(r).log.wait(ctx, since))
	})
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) {
		ctx, since, done := patience(r)
		defer done()
		reply(w, p.of(r).segment.Recorder().Wait(ctx, since))
	})
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, _ *http.Request) {
		next, err := p.begin()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		reply(w, next.entrance)
	})
	mux.HandleFunc("POST /open", func(w http.ResponseWriter, r *http.Request) {
		p.of(r).pages.open(r.FormValue("name"))
		reply(w, true)
	})
	mux.HandleFunc("POST /pages", take(p, func(now *run, page Page) error { now.pages.put(page); return nil }))
	mux.HandleFunc("POST /faults", take(p, func(now *run, fault Fault) error { return now.faults.add(fault) }))
	mux.HandleFunc("POST /proxies", take(p, func(now *run, list []Prefix) error { now.via.set(list); return nil }))
	return mux
}

// patience reads since and wait; without wait the context is over already.
func patience(r *http.Request) (context.Context, int, context.CancelFunc) {
	since, _ := strconv.Atoi(r.FormValue("since"))
	wait, _ := strconv.Atoi(r.FormValue("wait"))
	ctx, done := context.WithTimeout(r.Context(), time.Duration(wait)*time.Millisecond)
	return ctx, since, done
}

func take[T any](p *Proxy, use func(*run, T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body T
		err := json.NewDecoder(r.Body).Decode(&body)
		if err == nil {
			err = use(p.of(r), body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		reply(w, true)
	}
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
