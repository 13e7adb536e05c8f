package segment

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func server(t *testing.T) *Server {
	t.Helper()
	s, err := New("../..")
	require.NoError(t, err)
	return s
}

func answer(s *Server, via FirstParty, method, url, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler(via).ServeHTTP(w, httptest.NewRequest(method, url, strings.NewReader(body)))
	return w
}

func TestNewSaysHowToInstallAnalytics(t *testing.T) {
	_, err := New(t.TempDir())
	assert.ErrorContains(t, err, "npm ci")
}

func TestEverySpellingOfTheLoaderIsServedWithItsWriteKey(t *testing.T) {
	s := server(t)
	for _, path := range []string{"analytics.min.js", "analytics.js", "platform/analytics.min.js", "platform/analytics.js"} {
		t.Run(path, func(t *testing.T) {
			w := answer(s, FirstParty{}, http.MethodGet, "https://cdn.segment.com/analytics.js/v1/KEY7/"+path, "")
			assert.Equal(t, http.StatusOK, w.Code)
			assert.Contains(t, w.Header().Get("Content-Type"), "javascript")
			assert.Contains(t, w.Body.String(), "KEY7")
			assert.NotContains(t, w.Body.String(), keyPlaceholder)
		})
	}
}

func TestChunksAreServedFromThePackageAndNothingElseIs(t *testing.T) {
	s := server(t)
	for path, want := range map[string]int{
		"/analytics-next/bundles/schemaFilter.bundle.a6a77355d52c20e3a83d.js": http.StatusOK,
		"/analytics-next/bundles/none.js":                                     http.StatusNotFound,
		"/analytics-next/bundles/..%2f..%2fpackage.json":                      http.StatusNotFound,
		"/elsewhere": http.StatusNotFound,
	} {
		assert.Equal(t, want, answer(s, FirstParty{}, http.MethodGet, path, "").Code, path)
	}
}

func TestSettingsNameTheFirstPartyProxyOnlyWhenThereIsOne(t *testing.T) {
	for _, via := range []FirstParty{{}, {APIHost: "shop.example/seg/v1", Protocol: "http"}} {
		w := answer(server(t), via, http.MethodGet, "/v1/projects/KEY7/settings", "")
		var got struct {
			Integrations map[string]struct{ APIKey, APIHost, Protocol string }
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		own := got.Integrations["Segment.io"]
		assert.Equal(t, "KEY7", own.APIKey)
		assert.Equal(t, via.APIHost, own.APIHost)
		assert.Equal(t, via.Protocol, own.Protocol)
	}
}

func TestEventsAreRecordedOneByOne(t *testing.T) {
	data := base64.StdEncoding.EncodeToString([]byte(`{"event":"Seen"}`))
	for _, test := range []struct {
		name, method, url, body string
		want                    []string
	}{
		{"a track call", http.MethodPost, "/v1/t", `{"type":"track","event":"Seen"}`, []string{"track"}},
		{"by the long name", http.MethodPost, "/v1/identify", `{"userId":"u"}`, []string{"identify"}},
		{"a batch", http.MethodPost, "/v1/b", `{"batch":[{"type":"page"},{"type":"alias"}]}`, []string{"page", "alias"}},
		{"an image", http.MethodGet, "/v1/pixel/track?data=" + data, "", []string{"track"}},
		{"an image with plain parameters", http.MethodGet, "/v1/pixel/page?userId=u", "", []string{"page"}},
		{"metrics are no events", http.MethodPost, "/v1/m", `{"series":[]}`, nil},
		{"a broken body", http.MethodPost, "/v1/t", `{`, nil},
		{"a read", http.MethodGet, "/v1/t", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := server(t)
			answer(s, FirstParty{}, test.method, "https://api.segment.io"+test.url, test.body)
			var got []string
			events, _ := s.Recorder().Since(0)
			for _, e := range events {
				got = append(got, e.Type)
				assert.Equal(t, "api.segment.io", e.Host)
				assert.WithinDuration(t, time.Now(), time.UnixMilli(e.ReceivedAt), time.Minute)
			}
			assert.Equal(t, test.want, got)
		})
	}
}

func TestPreflightAllowsTheHeadersOfAnalytics(t *testing.T) {
	w := answer(server(t), FirstParty{}, http.MethodOptions, "/v1/t", "")
	assert.Equal(t, http.StatusNoContent, w.Code)
	assert.Equal(t, "authorization, content-type, x-retry-count", w.Header().Get("Access-Control-Allow-Headers"))
	body, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	assert.Empty(t, body)
}

func TestWaitEndsWithTheNextEventOrWithItsContext(t *testing.T) {
	r := NewRecorder()
	r.add(Event{Type: "page"})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Empty(t, r.Wait(ended, 1))

	arrived := make(chan []Event)
	go func() { arrived <- r.Wait(t.Context(), 1) }()
	r.add(Event{Type: "track"})
	got := <-arrived
	require.Len(t, got, 1)
	assert.Equal(t, "track", got[0].Type)
	assert.Equal(t, 2, got[0].Number)
}
