package consent_test

import (
	"encoding/base64"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

func TestPercentsAreDecodedAsBrowsersDo(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		s := word(random, "%%%0123aAfFgG{\x00", 12)
		want, err := url.PathUnescape(s)
		if err != nil {
			want = ""
		}
		assert.Equal(t, want, consent.Plain(s), "%q", s)
	}
}

func TestBase64IsDecoded(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		s := []byte(word(random, "\x00\xff{\"ab:,", 20))
		padded := base64.StdEncoding.EncodeToString(s)
		assert.Equal(t, string(s), consent.Base64(padded))
		assert.Equal(t, string(s), consent.Base64(strings.TrimRight(padded, "=")))
	}
	for _, s := range []string{"a b", "YWJj\n", "-_-_", "é", "\x00"} {
		assert.Empty(t, consent.Base64(s), "%q", s)
	}
}

func TestPointsInTime(t *testing.T) {
	for _, s := range []string{
		"", "0", "1", "123456789", "12345678901", "x", "true", "2024", "2024-05", "2024-13-01", "2024-05-32", "1969-12-31", "abcd-ef-gh",
		"99999-01-01", "-024-01-01", "1e12345678",
	} {
		assert.Zero(t, consent.Instant(s), s)
	}
	for at := time.Date(2001, 9, 10, 0, 0, 0, 0, time.UTC); at.Year() < 2100; at = at.AddDate(0, 0, 5).Add(time.Hour) {
		exact := uint32(at.Unix() / 100)
		assert.Equal(t, exact, consent.Instant(strconv.FormatInt(at.Unix(), 10)))
		assert.Equal(t, exact, consent.Instant(strconv.FormatInt(at.UnixMilli(), 10)))
		for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05.000Z", "2006-01-02 15:04:05"} {
			assert.Equal(t, exact/864*864, consent.Instant(at.Format(layout)), "the day of %s", at)
		}
	}
}

func TestGlobsSayWhatTheStarStandsFor(t *testing.T) {
	for _, c := range []struct {
		pattern, text, rest string
		ok                  bool
	}{
		{"klaro", "klaro", "klaro", true},
		{"klaro", "Klaro", "Klaro", true},
		{"klaro", "klaro2", "", false},
		{"", "", "", true},
		{"*", "", "", true},
		{"*", "a.b", "a.b", true},
		{"a*", "a", "", true},
		{"a*c", "ac", "", true},
		{"a*c", "abbc", "bb", true},
		{"a*c", "a", "", false},
		{"ab*bc", "abc", "", false},
		{"*.x", "a.x.x", "a.x", true},
	} {
		rest, ok := consent.Glob(c.pattern, c.text)
		assert.Equal(t, c.ok, ok, "%s %s", c.pattern, c.text)
		if ok {
			assert.Equal(t, c.rest, rest, "%s %s", c.pattern, c.text)
		}
	}
}

func word(random *rand.Rand, letters string, limit int) string {
	b := make([]byte, random.IntN(limit))
	for i := range b {
		b[i] = letters[random.IntN(len(letters))]
	}
	return string(b)
}
