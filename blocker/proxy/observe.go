package proxy

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

// metrics are the proxy's, in a registry of its own.
type metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	duration  prometheus.Histogram
	inFlight  prometheus.Gauge
	pages     *prometheus.CounterVec
	tags      prometheus.Counter
	failures  prometheus.Counter
	aborted   prometheus.Counter
	panicking prometheus.Counter
}

func newMetrics() *metrics {
	name := func(s string) string { return "segment_blocker_proxy_" + s }
	counter := func(n, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name(n), Help: help})
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: name("requests_total"), Help: "Requests answered, by status.",
		}, []string{"status"}),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: name("request_duration_seconds"), Help: "From a request to the end of its answer.", Buckets: prometheus.DefBuckets,
		}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: name("requests_in_flight"), Help: "Requests being answered."}),
		pages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: name("pages_total"), Help: "HTML responses, by what was done: gated, or passed on unread.",
		}, []string{"result"}),
		tags:      counter("inert_tags_total", "Static tags of Segment that were made inert."),
		failures:  counter("upstream_failures_total", "Requests that the upstream did not answer."),
		aborted:   counter("aborted_total", "Requests whose visitor went away before the answer."),
		panicking: counter("panics_total", "Answers that broke off."),
	}
	m.registry.MustRegister(m.requests, m.duration, m.inFlight, m.pages, m.tags, m.failures, m.aborted, m.panicking,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) rewritten(r rewrite.Report) {
	result := "gated"
	if r.Unread != "" {
		result = "unread"
	}
	m.pages.WithLabelValues(result).Inc()
	m.tags.Add(float64(r.TagCount))
}

// observed counts and logs what the handler answers, also when it breaks off.
func (p *Proxy) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		seen := &observer{ResponseWriter: w}
		p.metrics.inFlight.Inc()
		broken := true
		defer func() {
			p.metrics.inFlight.Dec()
			took := time.Since(start)
			status := seen.status
			if status == 0 {
				status = http.StatusOK
			}
			p.metrics.requests.WithLabelValues(strconv.Itoa(status)).Inc()
			p.metrics.duration.Observe(took.Seconds())
			if broken {
				p.metrics.panicking.Inc()
			}
			p.o.Logger.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("method", r.Method), slog.String("host", r.Host), slog.String("path", r.URL.Path),
				slog.Int("status", status), slog.Int64("bytes", seen.bytes), slog.Duration("took", took),
				slog.String("remote", r.RemoteAddr), slog.Bool("broken", broken))
		}()
		next.ServeHTTP(seen, r)
		broken = false
	})
}

// observer sees a response's status and size. Flush, Hijack and deadlines go through Unwrap.
type observer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// Unwrap is for http.ResponseController.
func (o *observer) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// WriteHeader keeps the final status; informational ones come before it, but for 101, which is final.
func (o *observer) WriteHeader(status int) {
	if o.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		o.status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

func (o *observer) Write(b []byte) (int, error) {
	if o.status == 0 {
		o.status = http.StatusOK
	}
	n, err := o.ResponseWriter.Write(b)
	o.bytes += int64(n)
	return n, err
}
