# The configuration, by itself: the fuzz build compiles these without the rest of the bridge.
set(CAM32100_CONFIG_SOURCES
  ports.cpp config.cpp config_camera_table.cpp config_cameras.cpp config_checks.cpp config_faults.cpp config_load.cpp config_passwords.cpp
  config_public.cpp config_schema.cpp config_servers.cpp config_setting.cpp config_table.cpp config_text.cpp json_text.cpp saved_state.cpp)
