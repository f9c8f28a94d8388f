"""How dates are written on the screens, where Django's way is not the official one."""
