package certificate

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/signintech/gopdf"
)

// font is a parsed font, shared by all pages that are printed. Reading it
// takes some ten milliseconds; it holds its file in memory.
type font struct {
	name   string // the file it comes from
	data   []byte // as a TrueType font of its own
	parsed gopdf.FontContainer
	subset *gopdf.SubsetFontObj
	perEm  uint
	glyphs [0x10000]uint16 // of the BMP, 0: none
	loca   []uint
	family string // its name within a file
	lost   atomic.Int32
}

// option has gopdf tell of a glyph that is missing; by itself it would leave a
// gap. Characters are looked up before, so this tells of a mistake of ours.
func (f *font) option() gopdf.TtfOption {
	return gopdf.TtfOption{OnGlyphNotFound: func(r rune) { f.lost.Store(r) }}
}

// loadFont reads font n of a file. Fonts are other people's files: whatever is
// in them must end in an error, so what the parser may do is caught.
func loadFont(path string, n int) (f *font, err error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("font %s is damaged: %v", path, r)
		}
	}()
	data, err := face(file, n)
	if err != nil {
		return nil, fmt.Errorf("font %s: %w", path, err)
	}
	if f, err = parseFont(path, data); err != nil {
		return nil, fmt.Errorf("font %s: %w", path, err)
	}
	return f, nil
}

func parseFont(name string, data []byte) (*font, error) {
	sum := sha256.Sum256(data)
	f := &font{name: name, data: data, subset: &gopdf.SubsetFontObj{}, family: fmt.Sprintf("F%X", sum[:4])}
	if err := f.subset.SetTTFData(data); err != nil {
		return nil, err
	}
	if err := f.parsed.AddTTFFontDataWithOption(f.family, data, f.option()); err != nil {
		return nil, err
	}
	t := f.subset.GetTTFParser()
	if f.perEm = t.UnitsPerEm(); f.perEm == 0 || t.NumberOfHMetrics() == 0 {
		return nil, errors.New("its glyphs have no size")
	}
	f.loca = t.LocaTable
	for r := range rune(len(f.glyphs)) {
		if id, err := f.subset.CharCodeToGlyphIndex(r); err == nil && f.holds(r, id) {
			f.glyphs[r] = uint16(id)
		}
	}
	return f, nil
}

// holds tells whether a glyph shows something: an empty one would make a
// character vanish as surely as a missing one.
func (f *font) holds(r rune, id uint) bool {
	if id == 0 || id > 0xffff || int(id)+1 >= len(f.loca) {
		return false
	}
	return f.loca[id] != f.loca[id+1] || blank(r)
}

// glyph is the number of a character's glyph, 0 if the font has none.
func (f *font) glyph(r rune) uint {
	if r < 0 {
		return 0
	}
	if int(r) < len(f.glyphs) {
		return uint(f.glyphs[r])
	}
	id, err := f.subset.CharCodeToGlyphIndex(r)
	if err != nil || !f.holds(r, id) {
		return 0
	}
	return id
}

// width of a character in points, at a size in points, rounded as gopdf does.
func (f *font) width(r rune, size float64) float64 {
	return float64(f.subset.GlyphIndexToPdfWidth(f.glyph(r))) * size / 1000
}

// fontStore finds the fonts once; while there is none it looks again.
type fontStore struct {
	files []string
	mu    sync.Mutex
	chain *chain
}

func (s *fontStore) get() (*chain, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chain != nil {
		return s.chain, nil
	}
	c, err := findFonts(s.files)
	if err == nil {
		s.chain = c
	}
	return c, err
}

// isMono tells whether a font is one for code: i and W as wide.
func (f *font) isMono() bool {
	return f.glyph('i') != 0 && f.width('i', 1000) == f.width('W', 1000)
}

func isCollection(path string) bool { return strings.HasSuffix(strings.ToLower(path), ".ttc") }
