# shellcheck shell=bash
# Sees to an OpenCL platform, so that the device rows have a device: PoCL, which computes on the CPU,
# where there is no other. To be sourced by setup.sh, whose functions it uses.

readonly pocl_package=pocl-opencl-icd
readonly icd_loader_package=ocl-icd-libopencl1

# Where drivers register. CONVGAUGE_OPENCL_VENDORS takes the place of the usual folder.
readonly opencl_vendors=${CONVGAUGE_OPENCL_VENDORS:-/etc/OpenCL/vendors}

# Whether a driver is registered: OCL_ICD_VENDORS is a folder, or one driver's file or library.
has_opencl_driver() {
  local vendors=${OCL_ICD_VENDORS:-$opencl_vendors} file
  if [[ -f $vendors ]]; then
    [[ -r $vendors ]]
    return
  fi
  for file in "$vendors"/*.icd; do
    if [[ -r $file ]]; then
      return 0
    fi
  done
  return 1
}

# Whether the dynamic loader finds the library that every OpenCL program is linked with.
has_opencl_loader() {
  local folders folder ldconfig
  IFS=: read -r -a folders <<<"${LD_LIBRARY_PATH:-}"
  for folder in ${folders[@]+"${folders[@]}"}; do
    if [[ -n $folder && -r $folder/libOpenCL.so.1 ]]; then
      return 0
    fi
  done
  # It is not on everybody's PATH.
  ldconfig=$(command -v ldconfig) || ldconfig=/sbin/ldconfig
  [[ $("$ldconfig" -p 2>/dev/null) == *libOpenCL.so.1* ]]
}

has_opencl() {
  # Elsewhere it is part of the system or of the graphics driver.
  [[ ${OSTYPE:-} != linux* ]] || { has_opencl_driver && has_opencl_loader; }
}

# Installs PoCL where there is no OpenCL platform, if that is allowed; otherwise says what would.
# Never fails: without a platform the OpenCL rows say that there is none.
need_opencl() {
  local missing=() package
  # Who says where the drivers are does not want another one.
  if has_opencl || [[ -n ${OCL_ICD_VENDORS:-} ]]; then
    return 0
  fi
  if ! has_opencl_loader; then
    missing+=("$icd_loader_package")
  fi
  if ! has_opencl_driver; then
    missing+=("$pocl_package")
  fi
  say "there is no OpenCL platform here"
  for package in "${missing[@]}"; do
    install_package "$package" || break
  done
  if has_opencl; then
    return 0
  fi
  if command -v apt-get >/dev/null; then
    say "the OpenCL rows stay without a device until \"sudo apt-get install ${missing[*]}\" has brought PoCL," \
      "which computes on the CPU, or a driver for your GPU is there"
  else
    say "the OpenCL rows stay without a device until PoCL (https://portablecl.org), which computes on the CPU," \
      "or a driver for your GPU is there"
  fi
}
