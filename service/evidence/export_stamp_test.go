package evidence

import "testing"

// StampsOfOnePackage verifies tokens one after the other, as Check does.
func StampsOfOnePackage(t *testing.T, roots ...string) func(token []byte, root [32]byte) error {
	t.Helper()
	trust, err := newStampTrust(roots)
	if err != nil {
		t.Fatal(err)
	}
	return func(token []byte, root [32]byte) error {
		_, err := trust.verify(token, root)
		return err
	}
}
