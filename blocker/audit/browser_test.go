package audit

import (
	"context"
	"os"
	"path/filepath"
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
	for address, want := range map[string]string{
		"shop.example": "write it in full, with https://", "file:///etc/hosts": "not the address of a web page", "https://": "not a URL that a browser would open",
		"https://a b/": "not a URL that a browser would open",
	} {
		err := CheckURL(address)
		require.Error(t, err, address)
		assert.Contains(t, err.Error(), want)
	}
	assert.NoError(t, CheckURL("http://localhost:8080/"))
}
