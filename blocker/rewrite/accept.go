package rewrite

import (
	"net/http"
	"slices"
	"strings"
)

// limitEncodings takes the content codings out of Accept-Encoding that the rewriter cannot undo (zstd, for one, which
// browsers offer): a page in one of them would pass with its tags. A wildcard stands for those too. What is left may
// be nothing but the plain body. (RFC 9110, section 12.5.3.)
func limitEncodings(h http.Header) {
	kept := readableEncodings(h)
	if len(kept) == 0 {
		kept = []string{"identity"}
	}
	h.Set("Accept-Encoding", strings.Join(kept, ", "))
}

// offersUnreadable reports whether a request accepts an encoding that limitEncodings takes out.
func offersUnreadable(h http.Header) bool {
	return len(readableEncodings(h)) < len(splitEncodings(h))
}

func readableEncodings(h http.Header) []string {
	return slices.DeleteFunc(splitEncodings(h), func(offer string) bool {
		name, _, _ := strings.Cut(offer, ";")
		_, known := codings[strings.ToLower(strings.TrimSpace(name))]
		return !known
	})
}

// splitEncodings returns the members of the list with their weights.
func splitEncodings(h http.Header) []string {
	var offers []string
	for _, value := range h["Accept-Encoding"] {
		for offer := range strings.SplitSeq(value, ",") {
			if offer = strings.TrimSpace(offer); offer != "" {
				offers = append(offers, offer)
			}
		}
	}
	return offers
}
