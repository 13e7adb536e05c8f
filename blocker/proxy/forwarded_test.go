package proxy

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhatProxiesInFrontSay(t *testing.T) {
	for lines, want := range map[string]string{
		"": "://",
		"X-Forwarded-Proto: https\nX-Forwarded-Host: shop.example":                         "https://shop.example",
		"X-Forwarded-Proto: HTTPS, http\nX-Forwarded-Host: shop.example:8443 , inner":      "https://shop.example:8443",
		"X-Forwarded-Host: shop.example\nX-Forwarded-Host: inner":                          "://shop.example",
		"Forwarded: for=192.0.2.60;proto=https;by=203.0.113.43;host=shop.example":          "https://shop.example",
		"Forwarded: For=\"[2001:db8::1]:4711\" ; Proto=https ; Host=\"shop.example:8443\"": "https://shop.example:8443",
		"Forwarded: for=a;proto=https;host=shop.example, for=b;proto=http;host=inner":      "https://shop.example",
		"Forwarded: for=\"a,b;host=c\\\"\";host=shop.example":                              "://shop.example",
		"Forwarded: for=a\nForwarded: host=inner":                                          "://",
		"X-Forwarded-Proto: https\nForwarded: proto=http;host=shop.example":                "https://shop.example",
		"X-Forwarded-Proto: ftp\nX-Forwarded-Host: a/b":                                    "://",
		"X-Forwarded-Proto: ,https\nForwarded: ;;=;host":                                   "://",
		"Forwarded: host=\"shop\\.example\"":                                               "://shop.example",
		"X-Forwarded-Host: user@shop.example":                                              "://",
		"X-Forwarded-Host: [::1]:8080":                                                     "://[::1]:8080",
	} {
		h := http.Header{}
		for line := range strings.SplitSeq(lines, "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				h.Add(name, value)
			}
		}
		proto, host := forwarded(h)
		assert.Equal(t, want, proto+"://"+host, lines)
	}
}
