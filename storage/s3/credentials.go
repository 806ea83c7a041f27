package s3

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

// credentials are given, or stand in two files.
func (c Config) credentials() (*credentials.Credentials, error) {
	if c.AccessKeyFile == "" && c.SecretKeyFile == "" {
		return credentials.NewStaticV4(c.AccessKey, c.SecretKey.Reveal(), ""), nil
	}
	if c.AccessKeyFile == "" || c.SecretKeyFile == "" {
		return nil, errors.New("the files of access key and secret key go together")
	}
	f := &keyFiles{access: c.AccessKeyFile, secret: c.SecretKeyFile}
	_, err := f.RetrieveWithCredContext(nil)
	return credentials.New(f), err
}

// keyFiles is a credentials.Provider.
type keyFiles struct {
	access, secret string
	read           time.Time
}

const keyFilesLife = time.Minute

// maxKeyFile bounds a key file, in bytes.
const maxKeyFile = 4096

// RetrieveWithCredContext implements credentials.Provider.
func (f *keyFiles) RetrieveWithCredContext(*credentials.CredContext) (credentials.Value, error) {
	access, err := keyFile(f.access)
	if err != nil {
		return credentials.Value{}, err
	}
	secret, err := keyFile(f.secret)
	if err != nil {
		return credentials.Value{}, err
	}
	f.read = time.Now()
	return credentials.Value{AccessKeyID: access, SecretAccessKey: secret, SignerType: credentials.SignatureV4}, nil
}

// Retrieve implements credentials.Provider.
func (f *keyFiles) Retrieve() (credentials.Value, error) { return f.RetrieveWithCredContext(nil) }

// IsExpired implements credentials.Provider.
func (f *keyFiles) IsExpired() bool { return time.Since(f.read) > keyFilesLife }

// keyFile tells nothing of what a file holds that is no key.
func keyFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	text = bytes.TrimSpace(text)
	if len(text) == 0 || len(text) > maxKeyFile || bytes.ContainsAny(text, "\r\n\x00") {
		return "", fmt.Errorf("%s does not hold one line with a key", path)
	}
	return string(text), nil
}
