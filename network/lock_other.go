//go:build !unix

package network

import "errors"

func tryLock(string) (func(), error) {
	return nil, errors.New("a network of plain processes runs on Unix systems only")
}
