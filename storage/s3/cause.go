package s3

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/minio/minio-go/v7"

	"github.com/datapledge/datapledge/storage"
)

// wayCause says why the store cannot be reached, and what to do.
func (b *Bucket) wayCause(err error) (cause, remedy string) {
	var untrusted x509.UnknownAuthorityError
	var name x509.HostnameError
	var bad x509.CertificateInvalidError
	var plain tls.RecordHeaderError
	var dns *net.DNSError
	switch {
	case errors.As(err, &untrusted):
		return b.url + " shows a certificate from somebody who is not trusted", "name the CA of the store in bucket.ca_file"
	case errors.As(err, &name):
		return b.url + " shows a certificate for another name", "use a host name that is in the certificate"
	case errors.As(err, &bad):
		return fmt.Sprintf("the certificate of %s does not count: %v", b.url, bad), "renew the certificate, or mend the clock"
	case errors.As(err, &plain), errors.Is(err, http.ErrSchemeMismatch):
		return b.url + " does not speak TLS", "give the store a certificate; only for a trial: bucket.insecure"
	case errors.As(err, &dns):
		return "the name " + dns.Name + " cannot be looked up", "check bucket.endpoint and the name service"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return b.url + " does not answer in time", "check that the store runs, and the firewall on the way to it"
	}
	return fmt.Sprintf("%s cannot be reached: %v", b.url, err), "check bucket.endpoint, and that the store runs and listens there"
}

// refused says why the store turned a request down, and what to do.
func (b *Bucket) refused(check, doing string, err error) storage.Finding {
	cause, remedy := b.refusal(doing, err)
	return wrong(check, cause, remedy)
}

func (b *Bucket) refusal(doing string, err error) (cause, remedy string) {
	var resp minio.ErrorResponse
	if !errors.As(err, &resp) {
		if errors.Is(err, storage.ErrCorrupt) {
			return err.Error(), "do not use this store: what it was given is not what it has"
		}
		return b.wayCause(err)
	}
	switch resp.Code {
	case "NoSuchBucket":
		return "there is no bucket " + b.name, "make it, correct bucket.bucket, or set bucket.create"
	case "InvalidAccessKeyId":
		return "the store does not know this access key", "correct the file of the access key"
	case "SignatureDoesNotMatch":
		return "the secret key is not that of the access key", "correct the file of the secret key"
	case "AccessDenied", "AllAccessDisabled":
		return fmt.Sprintf("the access key may not %s in bucket %s", doing, b.name), "give it rights to list, read, write and delete, and on locks"
	case "RequestTimeTooSkewed":
		return "this machine's clock and the store's are more than 5 minutes apart", "set both clocks by NTP"
	case "AuthorizationHeaderMalformed", "PermanentRedirect", "InvalidRegion":
		return fmt.Sprintf("the bucket is not in region %s", b.region), "correct bucket.region"
	}
	if errors.Is(class(err), storage.ErrNoSpace) {
		return "the store is full", "make room, or raise the quota"
	}
	return fmt.Sprintf("the store would not %s: %s (%s, status %d)", doing, resp.Error(), resp.Code, resp.StatusCode), "look into the store's own log"
}
