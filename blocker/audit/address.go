package audit

import (
	"strings"

	"github.com/nlnwa/whatwg-url/url"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
)

// hostAndPath takes a URL apart as a browser does. ok is false for what a browser would not fetch.
func hostAndPath(address string) (host, path string, ok bool) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host() == "" {
		return "", "", false
	}
	return parsed.Host(), parsed.Pathname(), true
}

// originOf is the origin of an http or https document; empty for others.
func originOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme() != "http" && parsed.Scheme() != "https" {
		return ""
	}
	return parsed.Protocol() + "//" + parsed.Host()
}

// withoutUserInfo is an address as others may read it: the name and the password in it are for the server.
func withoutUserInfo(address string) string {
	if !strings.Contains(address, "@") {
		return address
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Username() == "" && parsed.Password() == "" {
		return address
	}
	parsed.SetUsername("")
	parsed.SetPassword("")
	return parsed.Href(false)
}

func hostnameOf(host string) string { return catalog.Hostname(host) }

// kinds by the protocol's resource types.
var kinds = map[string]blocker.Kind{
	"Stylesheet": blocker.Link, "Image": blocker.Image, "Media": blocker.Media, "Font": blocker.Font, "Script": blocker.Script,
	"TextTrack": blocker.Media, "XHR": blocker.XHR, "Fetch": blocker.Fetch, "Prefetch": blocker.Link,
	"EventSource": blocker.EventSource, "WebSocket": blocker.WebSocket, "Manifest": blocker.Link, "Ping": blocker.Beacon,
	"CSPViolationReport": blocker.Beacon, "Preflight": blocker.Fetch, "FedCM": blocker.Fetch,
}

// kindOf translates a resource type; from tells a frame's document from the page's own.
func kindOf(resource, from string) blocker.Kind {
	if resource == "Document" {
		if from == "frame" {
			return blocker.Frame
		}
		return blocker.Navigation
	}
	if k, ok := kinds[resource]; ok {
		return k
	}
	return blocker.Fetch
}
