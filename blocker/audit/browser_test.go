package audit

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAMissingBrowserIsToldWithTheMend(t *testing.T) {
	t.Setenv("CHROMIUM", "")
	t.Setenv("PATH", t.TempDir())
	_, err := FindBrowser("")
	if len(installed()) == 0 {
		require.ErrorIs(t, err, ErrNoBrowser)
		assert.Contains(t, err.Error(), "apt-get install chromium")
	}
	_, err = Pages(context.Background(), Options{Browser: "/nowhere/chromium"}, []string{"https://shop.example/"})
	require.ErrorIs(t, err, ErrNoBrowser)
	assert.Contains(t, err.Error(), `"/nowhere/chromium" cannot be run`)
}

// installed are the browsers with a fixed place, which an empty PATH does not hide.
func installed() []string {
	var found []string
	for _, p := range programs {
		if _, err := os.Stat(p); err == nil && filepath.IsAbs(p) {
			found = append(found, p)
		}
	}
	return found
}

func TestAProgramThatIsNoBrowserIsToldInOneLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "chromium")
	require.NoError(t, os.WriteFile(file, []byte("#!/bin/sh\necho it breaks >&2\nexit 3\n"), 0o755))
	_, err := Pages(context.Background(), Options{Browser: file}, []string{"https://shop.example/"})
	require.Error(t, err)
	assert.Contains(t, err.Error(), "did not start")
	assert.NotContains(t, err.Error(), "\n")
}

func TestAddressesThatAreNoPages(t *testing.T) {
	for _, address := range []string{"", "shop.example", "file:///etc/hosts", "ftp://shop.example/", "https://", "https://a b/"} {
		want := strconv.Quote(address) + " is not the address of a web page; write it in full, for example https://shop.example/"
		assert.EqualError(t, CheckURL(address), want)
	}
	for _, address := range []string{"http://localhost:8080/", "HTTPS://Shop.example"} {
		assert.NoError(t, CheckURL(address), address)
	}
}
