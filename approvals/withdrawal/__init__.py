"""Taking down what is public: decided like putting up."""
