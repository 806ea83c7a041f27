package certificate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/datapledge/datapledge/service"
)

// probe is what the fonts together must show before anything is printed.
const probe = "中国数据知识产权质押存证，。（）：AZaz09-"

// wellKnown are fonts with TrueType outlines that systems come with, the ones
// with Chinese first, then those that fill gaps.
var wellKnown = []string{
	"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
	"/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
	"/usr/share/fonts/wenquanyi/wqy-microhei/wqy-microhei.ttc",
	"/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
	"/System/Library/Fonts/STHeiti Light.ttc",
	"/System/Library/Fonts/Supplemental/Songti.ttc",
	"/Library/Fonts/Arial Unicode.ttf",
	"/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
	`C:\Windows\Fonts\msyh.ttc`,
	`C:\Windows\Fonts\simhei.ttf`,
	`C:\Windows\Fonts\simsun.ttc`,
	"/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
	"/usr/share/fonts/google-droid-sans-fonts/DroidSansFallbackFull.ttf",
	"/usr/share/fonts/truetype/hanazono/HanaMinA.ttf",
	"/usr/share/fonts/truetype/hanazono/HanaMinB.ttf",
	`C:\Windows\Fonts\simsunb.ttf`,
	"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
	"/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
}

// wellKnownMono are for hashes. A collection may hold one beside its first font.
var wellKnownMono = []string{
	"/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
	"/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
	"/System/Library/Fonts/Supplemental/Courier New.ttf",
	`C:\Windows\Fonts\consola.ttf`,
}

// chain is the fonts in their order; each character comes from the first that
// has it. Fonts behind the first are read when one before lacks a character.
type chain struct {
	mu    sync.Mutex
	fonts []*font
	later []string // files not read yet
	mono  *font    // nil: the same as text
}

// findFonts reads the configured fonts, all of which must be good, and then
// the first in a well-known place, until the probe can be shown.
func findFonts(files []string) (*chain, error) {
	c := &chain{later: known(wellKnown)}
	for _, path := range files {
		f, err := loadFont(path, 0)
		if err != nil {
			return nil, &service.Trouble{Cause: "a font that the configuration names cannot be used",
				Remedy: "name TrueType fonts (.ttf, .ttc) in certificates.font_files", Err: err}
		}
		c.fonts = append(c.fonts, f)
	}
	for _, r := range probe {
		if _, err := c.of(r); err != nil {
			return nil, &service.Trouble{Cause: "no font with Chinese characters was found",
				Remedy: `"apt-get install fonts-wqy-microhei", or name fonts in certificates.font_files`, Err: errors.Join(fs.ErrNotExist, err)}
		}
	}
	c.mono = c.findMono()
	return c, nil
}

// known are those of the files that are there, and what the cache folder
// holds, before the fonts that only fill gaps.
func known(files []string) []string {
	var found []string
	if dir, err := CacheDir(); err == nil {
		for _, pattern := range []string{"*.ttc", "*.ttf"} {
			more, _ := filepath.Glob(filepath.Join(dir, pattern))
			found = append(found, more...)
		}
	}
	for _, path := range files {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			found = append(found, path)
		}
	}
	return found
}

// CacheDir is the user's folder for fonts that were fetched.
func CacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "datapledge", "fonts"), err
}

// of is the first font that has a character.
func (c *chain) of(r rune) (*font, error) {
	if joined(r) {
		return nil, unshaped(r)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := 0; ; i++ {
		if i == len(c.fonts) && !c.more() {
			return nil, missing(r)
		}
		if c.fonts[i].glyph(r) != 0 {
			return c.fonts[i], nil
		}
	}
}

// more reads the next font that can be read.
func (c *chain) more() bool {
	for len(c.later) > 0 {
		path := c.later[0]
		c.later = c.later[1:]
		if f, err := loadFont(path, 0); err == nil {
			c.fonts = append(c.fonts, f)
			return true
		}
	}
	return false
}

// findMono is a font for hashes: one beside a text font in its collection, or
// one in a well-known place.
func (c *chain) findMono() *font {
	for _, path := range c.names() {
		for n := 1; isCollection(path) && n < 3; n++ {
			if f, err := loadFont(path, n); err == nil && f.isMono() {
				return f
			}
		}
	}
	for _, path := range wellKnownMono {
		if f, err := loadFont(path, 0); err == nil && f.isMono() {
			return f
		}
	}
	return nil
}

func (c *chain) names() (names []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.fonts {
		names = append(names, f.name)
	}
	return names
}

// missing says which character cannot be shown, and what helps.
func missing(r rune) error {
	return &service.Trouble{Cause: fmt.Sprintf("no font has the character U+%04X (%c)", r, r),
		Remedy: "install a font with TrueType outlines that has it, and name it in certificates.font_files"}
}
