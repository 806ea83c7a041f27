//go:build !unix || solaris || aix

package solo

import "os"

// lock leaves it to bbolt, which locks before it reads.
func lock(*os.File) error { return nil }
