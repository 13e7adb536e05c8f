package rewrite_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

// compressor is what the writers of gzip and br have in common.
type compressor interface {
	io.WriteCloser
	Flush() error
}

func newCompressor(coding string, w io.Writer) compressor {
	if coding == "br" {
		return brotli.NewWriter(w)
	}
	return gzip.NewWriter(w)
}

func compress(t testing.TB, coding, text string) []byte {
	var b bytes.Buffer
	z := newCompressor(coding, &b)
	_, err := io.WriteString(z, text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

func decompress(coding string, r io.Reader) io.Reader {
	if coding == "br" {
		return brotli.NewReader(r)
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		return strings.NewReader("not gzip: " + err.Error())
	}
	return z
}

var compressed = []string{"gzip", "br"}

// sendEncoded answers with these bytes under that coding, in chunks of the lengths that next returns.
func sendEncoded(coding string, body []byte, next func() int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", coding)
		for rest := body; len(rest) > 0; {
			n := min(next(), len(rest))
			if _, err := w.Write(rest[:n]); err != nil {
				return
			}
			rest = rest[n:]
		}
	})
}

func TestCompressedBodiesAreRewritten(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	long := pageBody + article(200<<10)
	want, _ := rewrite.Bytes([]byte(long), rewrite.Options{Snippet: snippet(t), URL: "http://shop.example/dir/page"})
	for _, coding := range append(compressed, "x-gzip", "GZIP") {
		kind := strings.Replace(strings.ToLower(coding), "x-gzip", "gzip", 1)
		body := compress(t, kind, long)
		for name, next := range map[string]func() int{
			"at once": func() int { return len(body) }, "by bytes": func() int { return 1 },
			"by chance": func() int { return 1 + random.IntN(5000) },
		} {
			t.Run(coding+" "+name, func(t *testing.T) {
				r := get(t, rewrite.Middleware(middlewareOptions(t))(sendEncoded(coding, body, next)), "")
				assert.Equal(t, coding, r.Header.Get("Content-Encoding"))
				got, err := io.ReadAll(decompress(kind, r.Body))
				require.NoError(t, err)
				assert.Equal(t, string(want), string(got))
			})
		}
	}
}

func TestABodyOfSeveralGzipMembersIsOne(t *testing.T) {
	body := append(compress(t, "gzip", pageBody[:50]), compress(t, "gzip", pageBody[50:])...)
	r := get(t, rewrite.Middleware(middlewareOptions(t))(sendEncoded("gzip", body, func() int { return 7 })), "")
	got, err := io.ReadAll(decompress("gzip", r.Body))
	require.NoError(t, err)
	assert.Equal(t, withSnippet(t, gatedBody), string(got))
}

func TestABodyThatIsNotWhatItSaysPassesAsItIs(t *testing.T) {
	for _, coding := range compressed {
		for name, body := range map[string][]byte{
			"plain text":    []byte(pageBody),
			"one byte":      {0x1f},
			"noise":         bytes.Repeat([]byte{0xff, 0x13, 0x37}, 1000),
			"almost gzip":   {0x1f, 0x8b, 0x09, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3},
			"the other one": compress(t, map[string]string{"gzip": "br", "br": "gzip"}[coding], pageBody),
			"nothing":       {},
			"empty":         compress(t, coding, ""),
		} {
			t.Run(coding+" "+name, func(t *testing.T) {
				var log strings.Builder
				o := middlewareOptions(t)
				o.Logger = slog.New(slog.NewTextHandler(&log, nil))
				for _, size := range []int{1, 4096} {
					log.Reset()
					r := get(t, rewrite.Middleware(o)(sendEncoded(coding, body, func() int { return size })), "")
					assert.Equal(t, string(body), read(t, r))
					lines := 1
					if name == "nothing" || name == "empty" {
						lines = 0
					}
					assert.Equal(t, lines, strings.Count(log.String(), "\n"), log.String())
				}
			})
		}
	}
}

func TestABodyThatDecodesToNothingForTooLongIsNotKept(t *testing.T) {
	header := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0}
	// Blocks of stored data without any.
	body := append(header, bytes.Repeat([]byte{0, 0, 0, 0xff, 0xff}, 50_000)...)
	for _, size := range []int{1000, len(body)} {
		r := get(t, rewrite.Middleware(middlewareOptions(t))(sendEncoded("gzip", body, func() int { return size })), "")
		assert.Equal(t, string(body), read(t, r))
	}
}

func TestWhatWasDecodedBeforeAFaultIsSent(t *testing.T) {
	long := article(300 << 10)
	for _, coding := range compressed {
		whole := compress(t, coding, long)
		noise := append(bytes.Clone(whole[:len(whole)/2]), bytes.Repeat([]byte{0xff}, 1<<10)...)
		for name, body := range map[string][]byte{"cut": whole[:len(whole)/2], "cut at the end": whole[:len(whole)-1], "noise": noise} {
			t.Run(coding+" "+name, func(t *testing.T) {
				var log strings.Builder
				o := middlewareOptions(t)
				o.Logger = slog.New(slog.NewTextHandler(&log, nil))
				r := get(t, rewrite.Middleware(o)(sendEncoded(coding, body, func() int { return 1000 })), "")
				got, err := io.ReadAll(decompress(coding, r.Body))
				require.NoError(t, err, "what is sent is well-formed")
				want, _ := rewrite.Bytes([]byte(long), rewrite.Options{Snippet: snippet(t), URL: "http://shop.example/"})
				// Noise may decode to something before it is known for noise.
				require.Greater(t, len(got), 50<<10)
				assert.True(t, bytes.Equal(want[:50<<10], got[:50<<10]))
				assert.Equal(t, 1, strings.Count(log.String(), "Content-Encoding"), log.String())
			})
		}
	}
}

func TestWhatFollowsAGzipBodyIsDropped(t *testing.T) {
	body := append(compress(t, "gzip", pageBody), "trailing garbage"...)
	r := get(t, rewrite.Middleware(middlewareOptions(t))(sendEncoded("gzip", body, func() int { return 10 })), "")
	got, err := io.ReadAll(decompress("gzip", r.Body))
	require.NoError(t, err)
	assert.Equal(t, withSnippet(t, gatedBody), string(got))
}
