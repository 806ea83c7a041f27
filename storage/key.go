package storage

import (
	"fmt"
	"strings"
)

// maxKey is the length of an object key in bytes.
const maxKey = 1000

// CheckKey refuses a key that the Bucket contract does not allow: ErrKey.
// Every implementation calls it first.
func CheckKey(key string) error {
	if err := CheckPrefix(key); err != nil {
		return err
	}
	for s := range strings.SplitSeq(key, "/") {
		if s == "" || s == "." || s == ".." {
			return fmt.Errorf("%w %q", ErrKey, key)
		}
	}
	return nil
}

// CheckPrefix is CheckKey for what List takes: it may be empty, and may end
// with a slash or in the middle of a segment.
func CheckPrefix(prefix string) error {
	if len(prefix) > maxKey || strings.IndexFunc(prefix, notInKeys) >= 0 {
		return fmt.Errorf("%w %q", ErrKey, prefix)
	}
	return nil
}

func notInKeys(r rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789._/-", r)
}
