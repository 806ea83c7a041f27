package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// maxSearchText is more than any name or number has, in bytes.
const maxSearchText = 4096

// readChinese gives a text from the command line, from standard input ("-") or
// from a file ("@FILE") as UTF-8. What is not UTF-8 is taken for GB18030, the
// other encoding that Chinese systems write.
func (a *app) readChinese(text *string) (err error) {
	data := []byte(*text)
	switch name, isFile := strings.CutPrefix(*text, "@"); {
	case *text == "-":
		data, err = io.ReadAll(io.LimitReader(a.stdin, maxSearchText+1))
	case isFile:
		data, err = readSome(name)
	}
	if err != nil {
		return fmt.Errorf("reading what is searched for: %w", err)
	}
	if len(data) > maxSearchText {
		return usagef("what is searched for is longer than %d bytes", maxSearchText)
	}
	*text, err = fromChinese(data)
	return err
}

func readSome(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSearchText+1))
}

// fromChinese leaves out the byte order mark and the end of the line that
// editors put around a text.
func fromChinese(data []byte) (string, error) {
	if !utf8.Valid(data) {
		text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil || strings.ContainsRune(string(text), utf8.RuneError) {
			return "", usagef("what is searched for is neither UTF-8 nor GB18030 text")
		}
		data = text
	}
	return strings.TrimRight(strings.TrimPrefix(string(data), "\ufeff"), "\r\n"), nil
}
