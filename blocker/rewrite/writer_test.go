package rewrite_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

const heldTag = `<script src="https://cdn.segment.com/x"></script>`

// modified is when the documents of these tests were.
var modified = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

var errTest = errors.New("test")

// failing fails from the n-th write on, counted from 0.
type failing struct {
	n      int
	short  bool
	writes int
}

func (f *failing) Write(p []byte) (int, error) {
	f.writes++
	if f.n--; f.n >= 0 {
		return len(p), nil
	}
	if f.short {
		return len(p) / 2, nil
	}
	return 0, errTest
}

func TestAnErrorOfTheNthWriteIsReturnedForGood(t *testing.T) {
	document := []byte("<html><head><title>x</title>" + heldTag + "<img src=//cdn.segment.com/y alt=z></head><p>text</p>")
	total := &failing{n: math.MaxInt}
	_, err := rewrite.Copy(total, bytes.NewReader(document), rewrite.Options{Snippet: snippet(t)})
	require.NoError(t, err)
	require.GreaterOrEqual(t, total.writes, 5)
	for n := range total.writes {
		for name, w := range map[string]*failing{"error": {n: n}, "short": {n: n, short: true}} {
			want := errTest
			if w.short {
				want = io.ErrShortWrite
			}
			z := rewrite.NewWriter(w, rewrite.Options{Snippet: snippet(t)})
			_, writeErr := z.Write(document)
			closeErr := z.Close()
			assert.ErrorIs(t, closeErr, want, "%s in write %d", name, n)
			if writeErr != nil {
				assert.ErrorIs(t, writeErr, want)
				calls := w.writes
				written, err := z.Write(document)
				assert.Zero(t, written)
				assert.ErrorIs(t, err, want)
				assert.Equal(t, calls, w.writes, "nothing is written after an error")
			}
		}
	}
}

func TestCopyReturnsTheErrorOfReading(t *testing.T) {
	var out bytes.Buffer
	src := io.MultiReader(strings.NewReader("<p>before"+heldTag+"<img"), iotest.ErrReader(errTest))
	report, err := rewrite.Copy(&out, src, rewrite.Options{})
	assert.ErrorIs(t, err, errTest)
	assert.Equal(t, 1, report.TagCount)
	assert.True(t, strings.HasSuffix(out.String(), "<img"), "what was read is passed on: %q", out.String())
}

func TestCopyReadsReadersOfAllKinds(t *testing.T) {
	document := "<head>" + heldTag + "</head>"
	want, _ := rewrite.Bytes([]byte(document), rewrite.Options{})
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"plain": func(r io.Reader) io.Reader { return r },
		"byte":  iotest.OneByteReader, "half": iotest.HalfReader, "data and EOF": iotest.DataErrReader,
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			_, err := rewrite.Copy(&out, wrap(strings.NewReader(document)), rewrite.Options{})
			require.NoError(t, err)
			assert.Equal(t, string(want), out.String())
		})
	}
}

func TestTheCallersBytesAreNotTouched(t *testing.T) {
	document := []byte("<P><SCRIPT>import 'x'</SCRIPT><IMG SRC='https://CDN.segment.com/'></P>")
	kept := bytes.Clone(document)
	rewrite.Bytes(document[:len(document)-1], rewrite.Options{})
	assert.Equal(t, kept, document)
}

func TestResetForgetsTheDocumentBefore(t *testing.T) {
	z := rewrite.NewWriter(io.Discard, rewrite.Options{Snippet: snippet(t), Charset: "utf-16"})
	_, err := z.Write([]byte("<svg><template><select><script>" + heldTag))
	require.NoError(t, err)
	var out bytes.Buffer
	z.Reset(&out, rewrite.Options{})
	_, err = z.Write([]byte("<p>" + heldTag))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	want, report := rewrite.Bytes([]byte("<p>"+heldTag), rewrite.Options{})
	assert.Equal(t, string(want), out.String())
	assert.Equal(t, report, *z.Report())
}

func TestEverythingButAnUnfinishedTagIsHandedOnAtOnce(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"<!doctype html><html><head><meta charset=utf-8>", "<!doctype html><html><head><meta charset=utf-8>"},
		{"<head><link rel=preload", "<head>"},
		{"<p>text <b>bold</b> more", "SNIPPET<p>text <b>bold</b> more"},
		{"<p>text <b", "SNIPPET<p>text "},
		{"<p><textarea>abc</tex", "SNIPPET<p><textarea>abc"},
		{"<p><!-- a - comment -", "SNIPPET<p><!-- a - comment -"},
		{"<p><style>a > b {}", "SNIPPET<p><style>a > b {}"},
		{"<p><script src=/a.js></script>", "SNIPPET<p><script src=/a.js></script>"},
	} {
		t.Run(c.in, func(t *testing.T) {
			var out bytes.Buffer
			z := rewrite.NewWriter(&out, rewrite.Options{Snippet: snippet(t)})
			_, err := z.Write([]byte(c.in))
			require.NoError(t, err)
			assert.Equal(t, strings.ReplaceAll(c.want, "SNIPPET", snippet(t).Tag("")), out.String())
		})
	}
}

func TestReportsAreBounded(t *testing.T) {
	var b strings.Builder
	for range rewrite.MaxFindings + 5 {
		b.WriteString("<img src=https://cdn.segment.com/" + strings.Repeat("x", 3000) + "><script>'//cdn.segment.com/'</script>")
	}
	_, report := rewrite.Bytes([]byte(b.String()), rewrite.Options{})
	assert.Len(t, report.Tags, rewrite.MaxFindings)
	assert.Equal(t, rewrite.MaxFindings+5, report.TagCount)
	assert.Len(t, report.Scripts, rewrite.MaxFindings)
	assert.Equal(t, rewrite.MaxFindings+5, report.ScriptCount)
	assert.Len(t, report.Tags[0].URL, 2048)
}

func TestATagThatIsTooLongPassesAndWhatFollowsIsRead(t *testing.T) {
	long := strings.Repeat("x", rewrite.MaxTag)
	for name, c := range map[string]struct{ in, want string }{
		"attribute": {"<img src=https://cdn.segment.com/ alt='" + long + "'>", ""},
		"name":      {"<" + long + " src=https://cdn.segment.com/>", ""},
		"text":      {"<style a='" + long + "'><img src=https://cdn.segment.com/></style>", ""},
		"script":    {"<script a='" + long + "'>'<img src=https://cdn.segment.com/>'</script>", ""},
		"end tag":   {"<textarea></textarea a='" + long + "'>", ""},
		"inert":     {"<template a='" + long + "'><img src=https://cdn.segment.com/></template>", ""},
		// A style is text in HTML, and elements in SVG.
		"svg":            {"<svg a='" + long + "'><path d=x></path></svg><style><img src=https://cdn.segment.com/></style>", ""},
		"closed svg":     {"<svg a='" + long + "'/><style><img src=https://cdn.segment.com/></style>", ""},
		"in svg":         {"<svg><image href='data:" + long + "'/><path d='" + long + "'></path></svg><style><img src=//cdn.segment.com></style>", ""},
		"in math":        {"<math><mi a='" + long + "'><b></b></mi></math>", ""},
		"script in svg":  {"<svg><script a='" + long + "'></script></svg>", ""},
		"out of svg":     {"<svg><p a='" + long + "'><style><img src=//cdn.segment.com></style>", ""},
		"unclosed image": {"<svg><image href='data:" + long + "'>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			out, report := rewrite.Bytes([]byte(c.in+heldTag), rewrite.Options{})
			assert.True(t, strings.HasPrefix(string(out), c.in))
			assert.Equal(t, 1, report.TagCount)
			assert.Empty(t, report.Unread)
			parts, same := inChunks(t, []byte(c.in+heldTag), rewrite.Options{}, func() int { return 1000 })
			assert.Equal(t, string(out), parts)
			assert.Equal(t, report, same)
		})
	}
	short := "<img src=https://cdn.segment.com/ alt='" + strings.Repeat("x", rewrite.MaxTag-41) + "'>"
	require.Len(t, short, rewrite.MaxTag)
	_, report := rewrite.Bytes([]byte(short), rewrite.Options{})
	assert.Equal(t, 1, report.TagCount, "a tag of the full length is read")
	for _, in := range []string{"<svg><font a='" + long + "'>", "<math><annotation-xml a='" + long + "'>"} {
		_, report = rewrite.Bytes([]byte(in+heldTag), rewrite.Options{})
		assert.NotEmpty(t, report.Unread, "what the tag means depends on its attributes: %.20s", in)
	}
}

func TestAScriptThatIsTooLongRunsUnread(t *testing.T) {
	const load = "import 'https://cdn.segment.com/x';"
	for _, length := range []int{rewrite.MaxScript, rewrite.MaxScript + 1} {
		document := "<script type=module>" + load + strings.Repeat(" ", length-len(load)) + "</script>"
		out, report := rewrite.Bytes([]byte(document), rewrite.Options{})
		parts, same := inChunks(t, []byte(document), rewrite.Options{}, func() int { return 777 })
		assert.Equal(t, string(out), parts)
		assert.Equal(t, report, same)
		assert.Equal(t, length == rewrite.MaxScript, report.TagCount == 1, length)
	}
}

// endless repeats a text until size bytes were read.
type endless struct {
	text string
	left int64
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && e.left > 0 {
		m := copy(p[n:min(len(p), n+int(min(e.left, math.MaxInt32)))], e.text[e.at:])
		e.at = (e.at + m) % len(e.text)
		e.left -= int64(m)
		n += m
	}
	return n, nil
}

// counter counts what is written to it.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

func TestMemoryDoesNotGrowWithTheBody(t *testing.T) {
	size := int64(2) << 30
	if testing.Short() || raceEnabled {
		size = 64 << 20
	}
	filler := strings.Repeat("lorem ipsum ", 9000)
	for name, text := range map[string]string{
		"text":      filler,
		"page":      "<div class=\"a\"><img src=/a.png>" + filler + "<!-- " + filler + " --></div>" + heldTag,
		"raw text":  "<style>" + filler + "</style><script>" + filler + "</script>",
		"attribute": "<img alt='" + filler,
		"script":    "<script>import('" + filler,
		"comment":   "<!-- " + filler,
		"tags":      "<b>",
		"angles":    "<<<< </ <! ",
		"svg":       "<svg><g>",
		"head":      "<title>" + filler,
	} {
		t.Run(name, func(t *testing.T) {
			share := size
			if name != "page" {
				share = size / 64
			}
			src := &endless{text: text, left: share}
			out := &counter{}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			_, err := rewrite.Copy(out, src, rewrite.Options{Snippet: snippet(t), Body: rewrite.Page})
			runtime.ReadMemStats(&after)
			require.NoError(t, err)
			assert.GreaterOrEqual(t, out.n, share)
			// What is alive at any time is less than what was gained since the start, garbage included.
			assert.Less(t, int64(after.Sys)-int64(before.Sys), int64(32<<20))
		})
	}
}

func TestAnUntypedGateHoldsSegment(t *testing.T) {
	_, report := rewrite.Bytes([]byte(heldTag), rewrite.Options{})
	require.Len(t, report.Tags, 1)
	assert.Equal(t, blocker.Hold, report.Tags[0].Decision.Action)
}
