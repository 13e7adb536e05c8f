// Package proxy is a reverse proxy that gates the pages of a site: rewrite.Middleware over httputil.ReverseProxy, with
// what an operator needs around it (timeouts, access log, metrics, health, graceful shutdown).
//
// It keeps no state between requests and needs nothing but its upstream. So it scales by running more of it behind any
// balancer, and any of them may be stopped at any time.
package proxy
