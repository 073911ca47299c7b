package connect

import "net/url"

// Apply has the options that a New was given set the front door's settings.
func Apply[S any, O ~func(*S)](p *Product, settings *S, options []O) error {
	for i, option := range options {
		if option == nil {
			return p.Invalid("option %d of %d is nil: leave it out", i+1, len(options))
		}
		option(settings)
	}
	return nil
}

// FromEnv takes from the environment what was not given: the address, and what fill does.
func (s *Settings) FromEnv(fill func() error) {
	s.Give("FromEnv")
	s.fill = fill
}

// Resolve gives the addresses of a client whose options were applied, and refuses what
// cannot work of those and of the options. With FromEnv an empty address comes from the
// environment.
func (p *Product) Resolve(s *Settings, address string) ([]*url.URL, error) {
	if err := p.CheckOptions(&s.Options); err != nil {
		return nil, err
	}
	given := Given{Text: address}
	if s.fill != nil {
		if there := p.AddressFromEnv(); address == "" && there.Text != "" {
			given = there
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
	addresses, err := p.Addresses(given)
	if err != nil {
		return nil, err
	}
	return addresses, p.CheckAddresses(s, addresses)
}
