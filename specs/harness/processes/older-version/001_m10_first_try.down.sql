drop schema m10_recovery cascade;
