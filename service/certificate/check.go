package certificate

// CheckFonts reads the fonts that a Printer with these files would print with
// first, and answers with their names. The error is a *service.Trouble.
func CheckFonts(files []string) ([]string, error) {
	c, err := findFonts(files)
	if err != nil {
		return nil, err
	}
	return c.names(), nil
}

// CheckSigner looks at the certificate and key that a configuration names, and
// makes none when it names none. The error is a *service.Trouble.
func CheckSigner(o Options) error {
	if o.CertFile == "" && o.KeyFile == "" {
		return nil
	}
	s, err := loadSigner(&o)
	if err != nil {
		return err
	}
	return s.inForce(o.Now())
}
