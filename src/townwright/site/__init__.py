"""The roof: settings, addresses, navigation, design system, command line and the close."""
